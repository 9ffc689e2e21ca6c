import Serialization
import Tensor

/// A block of numbers in a file of PyTorch, which one or more tensors are views of.
struct PyTorchStorage {
  /// The name of the block in the file.
  let key: String
  /// The type of the numbers; `nil` if the block is bytes, and its tensors say what they are.
  let scalar: PyTorchScalar?
  /// The number of numbers, or bytes.
  let count: Int
  /// The part of the block that is meant, in numbers; `nil` for all. Only a block with a type has parts.
  var part: Range<Int>?

  /// The number of bytes of the block; `nil` if it exceeds `Int`.
  var byteCount: Int? {
    let (bytes, overflows) = count.multipliedReportingOverflow(by: scalar?.storedType.byteCount ?? 1)
    return overflows ? nil : bytes
  }
}

/// A tensor as PyTorch saves it: element (i, j, …) is number `offset` + i · strides[0] + j · strides[1] + … of a storage.
struct PyTorchView {
  let storage: PyTorchStorage
  let scalar: PyTorchScalar
  let offset: Int
  let lengths: [Int]
  let strides: [Int]
  /// The number of elements.
  let count: Int

  /// The most axes of a tensor.
  static let largestRank = 16

  /// Checks that all elements lie in the storage.
  init(
    storage: PyTorchStorage, scalar: PyTorchScalar, offset: Int, lengths: [Int], strides: [Int]
  ) throws(ModelFileError.Problem) {
    guard lengths.count == strides.count, lengths.count <= Self.largestRank, offset >= 0,
      strides.allSatisfy({ $0 >= 0 }), let count = elementCount(ofClaimedShape: lengths)
    else {
      throw .damaged("a tensor has the offset \(offset), lengths \(lengths) and strides \(strides)")
    }
    guard storage.scalar == nil || storage.scalar == scalar else {
      throw .mismatch(found: "a tensor of \(scalar)", expected: "\(storage.scalar ?? scalar) as in its storage")
    }
    let available =
      storage.scalar == nil ? storage.count / scalar.storedType.byteCount : storage.part?.count ?? storage.count
    if count > 0 {
      var last = (partialValue: offset, overflow: false)
      for (length, stride) in zip(lengths, strides) {
        let step = (length - 1).multipliedReportingOverflow(by: stride)
        let sum = last.partialValue.addingReportingOverflow(step.partialValue)
        last = (sum.partialValue, last.overflow || step.overflow || sum.overflow)
      }
      guard !last.overflow, last.partialValue < available else {
        throw .damaged(
          "a tensor with the offset \(offset), lengths \(lengths) and strides \(strides) ends outside of its storage of "
            + "\(counted(available, "number"))")
      }
    }
    (self.storage, self.scalar, self.count) = (storage, scalar, count)
    (self.offset, self.lengths, self.strides) = (offset, lengths, strides)
  }

  /// Whether the elements lie one behind the other.
  private var isContiguous: Bool {
    var expected = 1
    for (length, stride) in zip(lengths, strides).reversed() where length != 1 {
      if stride != expected { return false }
      expected *= length
    }
    return true
  }

  /// The tensor, with its numbers rounded to `Float`.
  ///
  /// - Parameters:
  ///   - bytes: those of the whole storage.
  ///   - isBigEndian: whether the first byte of a number is the highest.
  func tensor(from bytes: UnsafeRawBufferPointer, isBigEndian: Bool) -> Tensor<Float> {
    let width = scalar.storedType.byteCount
    let first = offset + (storage.part?.lowerBound ?? 0)
    if count == 0 { return Tensor(shape: Shape(lengths), scalars: []) }
    if isContiguous, !isBigEndian || width == 1 {
      let range = first * width..<(first + count) * width
      return Tensor(
        shape: Shape(lengths), scalars: scalar.storedType.floats(in: UnsafeRawBufferPointer(rebasing: bytes[range])))
    }
    // The stride of an axis of one element may be any number.
    let axes = zip(lengths, strides).filter { $0.0 != 1 }
    let gathered = [UInt8](unsafeUninitializedCapacity: count * width) { target, written in
      var position = [Int](repeating: 0, count: axes.count)
      var element = first
      for number in 0..<count {
        for byte in 0..<width {
          target[number * width + byte] = bytes[element * width + (isBigEndian ? width - 1 - byte : byte)]
        }
        for (axis, (length, stride)) in axes.enumerated().reversed() {
          position[axis] += 1
          element += stride
          if position[axis] < length { break }
          element -= stride * length
          position[axis] = 0
        }
      }
      written = count * width
    }
    return Tensor(shape: Shape(lengths), scalars: gathered.withUnsafeBytes { scalar.storedType.floats(in: $0) })
  }
}
