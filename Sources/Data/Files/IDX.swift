import Serialization
import Tensor

extension Tensor<Float> {
  /// Reads an array from a file in the IDX format of MNIST, also one packed by gzip.
  ///
  /// The format: two bytes 0, a type, the number of axes, the length of each axis and then the elements, all big-endian
  /// (LeCun, Cortes, Burges: "The MNIST database of handwritten digits").
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - limit: the largest file to read, in bytes, and the most bytes to unpack.
  /// - Throws: `FileError` if the file cannot be read; `ModelFileError` if it is damaged, of another format or larger;
  ///   ``DatasetError`` if there is not enough memory.
  public init(idxFile path: String, limit: Int = 4 << 30) throws {
    let bytes = try readUnpacked(path, limit: limit)
    func error(_ place: String, _ problem: ModelFileError.Problem) -> ModelFileError {
      ModelFileError(path: path, place: place, problem: problem)
    }
    guard bytes.count >= 4, bytes[0] == 0, bytes[1] == 0, let type = IDXType(rawValue: bytes[2]) else {
      throw error("header", .damaged("it does not begin as an IDX file"))
    }
    let (rank, start) = (Int(bytes[3]), 4 + 4 * Int(bytes[3]))
    guard (1...8).contains(rank), bytes.count >= start else {
      throw error("header", .damaged("it says that there are \(rank) axes"))
    }
    let shape = (0..<rank).map { axis in
      bytes[4 + 4 * axis..<8 + 4 * axis].reduce(0) { $0 << 8 | Int($1) }
    }
    let count = shape.reduce(1, saturatingProduct)
    guard saturatingProduct(count, type.byteCount) == bytes.count - start else {
      throw error(
        "array", .damaged("the shape \(shape) does not fill \(counted(bytes.count - start, "byte"))"))
    }
    try requireMemory("an array of shape \(shape)", saturatingProduct(count, MemoryLayout<Float>.size))
    self.init(
      shape: Shape(shape),
      scalars: bytes.withUnsafeBytes { type.floats(in: UnsafeRawBufferPointer(rebasing: $0[start...])) })
  }
}

/// The type of the elements of an IDX file.
private enum IDXType: UInt8 {
  case uint8 = 0x08
  case int8 = 0x09
  case int16 = 0x0B
  case int32 = 0x0C
  case float32 = 0x0D
  case float64 = 0x0E

  var byteCount: Int {
    switch self {
    case .uint8, .int8: 1
    case .int16: 2
    case .int32, .float32: 4
    case .float64: 8
    }
  }

  func floats(in bytes: UnsafeRawBufferPointer) -> [Float] {
    func all<Number: FixedWidthInteger>(_ type: Number.Type, _ convert: (Number) -> Float) -> [Float] {
      (0..<bytes.count / byteCount).map { index in
        convert(Number(bigEndian: bytes.loadUnaligned(fromByteOffset: index * byteCount, as: Number.self)))
      }
    }
    switch self {
    case .uint8: return bytes.map { Float($0) }
    case .int8: return all(Int8.self) { Float($0) }
    case .int16: return all(Int16.self) { Float($0) }
    case .int32: return all(Int32.self) { Float($0) }
    case .float32: return all(UInt32.self) { Float(bitPattern: $0) }
    case .float64: return all(UInt64.self) { Float(Double(bitPattern: $0)) }
    }
  }
}
