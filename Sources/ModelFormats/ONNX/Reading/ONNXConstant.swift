import Serialization
import Tensor

/// A value of a graph that does not depend on its inputs.
enum ONNXConstant {
  /// Numbers, of whichever type of floating point the file has.
  case numbers(Tensor<Float>)
  /// Whole numbers or truth values.
  case integers(ONNXIntegers)

  /// The length of each axis.
  var lengths: [Int] {
    switch self {
    case .numbers(let tensor): Array(tensor.shape)
    case .integers(let list): list.lengths
    }
  }

  /// The number of elements.
  var count: Int {
    switch self {
    case .numbers(let tensor): tensor.count
    case .integers(let list): list.values.count
    }
  }
}

/// Whole numbers in the axes of a tensor, such as shapes and indices.
struct ONNXIntegers: Equatable {
  var lengths: [Int]
  var values: [ONNXNumber]
  /// Whether they are truth values, 0 and 1.
  var areTruths = false
}

extension ONNXIntegers {
  /// The numbers in single precision, which has whole numbers up to 2²⁴ without gaps; `nil` if one is not known or is larger.
  var exact: Tensor<Float>? {
    let numbers = values.compactMap(\.known).filter { $0.magnitude <= 1 << 24 }
    return numbers.count == values.count ? Tensor(shape: Shape(lengths), scalars: numbers.map { Float($0) }) : nil
  }

  /// Whether the numbers may be truth values.
  var areTruthful: Bool { values.allSatisfy { $0 == 0 || $0 == 1 } }
}

/// A whole number while a model is made of a graph.
enum ONNXNumber: Equatable, ExpressibleByIntegerLiteral {
  case known(Int)
  /// The number of examples.
  case examples
  /// So many times the number of examples, at least twice it: the length of an axis that joins them and others.
  case multiple(Int)

  init(integerLiteral value: Int) { self = .known(value) }

  /// So many times the number of examples.
  static func times(_ factor: Int) -> ONNXNumber { factor == 1 ? .examples : .multiple(factor) }

  var known: Int? { if case .known(let number) = self { number } else { nil } }

  /// How many times the number of examples it is; `nil` for a known number.
  var factor: Int? {
    switch self {
    case .known: nil
    case .examples: 1
    case .multiple(let factor): factor
    }
  }
}

extension ONNXConstant {
  /// Longer lists of whole numbers are weights of quantized networks.
  static let mostIntegers = 1 << 20

  /// Reads the elements of a stored tensor. Numbers of half and double precision become those of single precision.
  ///
  /// - Throws: what is wrong: elements in another file, lengths that do not fit the elements, a type that is not read.
  init(_ tensor: ONNXTensor) throws(ModelFileError.Problem) {
    guard !tensor.isExternal else {
      throw .unsupported(found: "elements in another file", expected: "elements in the file itself")
    }
    guard let type = ONNXElementType(rawValue: tensor.typeNumber), let size = type.byteCount,
      type != .complex64, type != .complex128
    else { throw .unsupported(found: "elements of type \(tensor.typeNumber)", expected: "numbers") }
    guard tensor.lengths.count <= ONNXData.mostAxes else {
      throw .unsupported(found: "\(tensor.lengths.count) axes", expected: "\(ONNXData.mostAxes) or fewer")
    }
    guard let count = Shape.count(tensor.lengths) else {
      throw .damaged("the lengths \(tensor.lengths) are not possible")
    }
    let found =
      tensor.raw.map { $0.count / size } ?? (tensor.integers.count + tensor.floats.count + tensor.doubles.count)
    guard found == count, tensor.raw.map({ $0.count == count * size }) ?? true else {
      throw .mismatch(found: "\(found) elements", expected: "\(count) for the lengths \(tensor.lengths)")
    }
    let shape = Shape(tensor.lengths)
    guard type.isFloating else {
      guard count <= Self.mostIntegers else {
        throw .unsupported(
          found: "\(count) whole numbers", expected: "\(Self.mostIntegers) or fewer; quantized weights are not read")
      }
      let values = try tensor.wholeNumbers(type, size)
      self = .integers(ONNXIntegers(lengths: tensor.lengths, values: values, areTruths: type == .bool))
      return
    }
    if type == .float, let raw = tensor.raw {
      self = .numbers(Tensor(littleEndian: raw, shape: shape))
    } else {
      self = .numbers(Tensor(shape: shape, scalars: try tensor.singles(type, size)))
    }
  }
}

extension Tensor<Float> {
  /// Copies numbers that are stored one after the other.
  fileprivate init(littleEndian bytes: ArraySlice<UInt8>, shape: Shape) {
    self.init(unsafeUninitialized: shape) { target in
      bytes.withUnsafeBytes { source in
        for index in target.indices {
          let bits = source.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
          target.initializeElement(at: index, to: Float(bitPattern: UInt32(littleEndian: bits)))
        }
      }
    }
  }
}

extension ONNXTensor {
  /// The elements as whole numbers.
  fileprivate func wholeNumbers(
    _ type: ONNXElementType, _ size: Int
  ) throws(ModelFileError.Problem) -> [ONNXNumber] {
    guard let raw else { return integers.map { .known($0) } }
    let numbers: [Int]
    do throws(ProtobufError) {
      numbers = try raw.numbers(of: size) { bits in
        switch type {
        case .int8: Int(Int8(truncatingIfNeeded: bits))
        case .int16: Int(Int16(truncatingIfNeeded: bits))
        case .int32: Int(Int32(truncatingIfNeeded: bits))
        default: Int(truncatingIfNeeded: bits)
        }
      }
    } catch { throw .damaged(error.description) }
    return numbers.map { .known($0) }
  }

  /// The elements in single precision.
  fileprivate func singles(_ type: ONNXElementType, _ size: Int) throws(ModelFileError.Problem) -> [Float] {
    func single(bits: UInt64) -> Float {
      switch type {
      case .float16: Float(halfBits: UInt16(truncatingIfNeeded: bits))
      case .bfloat16: Float(bitPattern: UInt32(truncatingIfNeeded: bits) << 16)
      case .double: Float(Double(bitPattern: bits))
      default: Float(bitPattern: UInt32(truncatingIfNeeded: bits))
      }
    }
    let numbers: [Float]
    if let raw {
      do throws(ProtobufError) {
        numbers = try raw.numbers(of: size, single)
      } catch { throw .damaged(error.description) }
    } else {
      numbers = floats + doubles.map { Float($0) } + integers.map { single(bits: UInt64(bitPattern: Int64($0))) }
    }
    guard type != .double || numbers.allSatisfy(\.isFinite) else {
      throw .unsupported(found: "a number beyond single precision", expected: "numbers of single precision")
    }
    return numbers
  }
}

extension Float {
  /// A number of half precision by its bits: sign, five bits of exponent, ten of fraction. Exact.
  fileprivate init(halfBits: UInt16) {
    let sign: Float = halfBits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(halfBits >> 10 & 0x1F)
    let fraction = Float(halfBits & 0x3FF) / 1_024
    switch exponent {
    case 0: self = sign * fraction * 0x1p-14
    case 31: self = fraction == 0 ? sign * .infinity : .nan
    default: self = sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction)
    }
  }
}
