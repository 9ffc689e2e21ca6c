import Tensor

/// The first bytes of every `.npy` file.
private let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

extension Tensor where Scalar == Float {
  /// Reads an array that NumPy has saved (`numpy.save`).
  ///
  /// Floating-point numbers of 16, 32 or 64 bits, integers and booleans (0 and 1), in both byte orders, are converted to
  /// `Float`. It reads arrays in row order and in column order ("Fortran"), and format versions 1 to 3.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - limit: the largest file to read, in bytes.
  /// - Throws: ``FileError`` if the file cannot be read; ``ModelFileError`` if it is damaged, or holds Python objects
  ///   or another type of number.
  public init(npyFile path: String, limit: Int = 1 << 36) throws {
    try self.init(npy: readFile(path, limit: limit), path: path)
  }

  /// Writes the tensor as NumPy does (`numpy.save`, format version 1, `<f4`), whole or not at all.
  ///
  /// - Parameters:
  ///   - path: the file. Its folder must exist.
  ///   - replacing: which files may be replaced; by default, only `.npy` files.
  /// - Throws: ``FileError``.
  public func writeNPY(to path: String, replacing: ReplacePolicy = .sameKind) throws {
    try writeAtomically(npyBytes(), to: path, replacing: replacing)
  }

  /// Reads the bytes of an `.npy` file.
  ///
  /// - Parameter path: the path of the file, for error messages.
  package init(npy bytes: [UInt8], path: String) throws {
    func error(_ place: String, _ problem: ModelFileError.Problem) -> ModelFileError {
      ModelFileError(path: path, place: place, problem: problem)
    }
    guard let (text, bodyStart) = split(bytes), let header = NPYHeader(parsing: text) else {
      throw error("header", .damaged("it does not begin with the header of a plain array"))
    }
    guard let (type, isBigEndian) = storedType(npy: header.descriptor) else {
      throw error("header", .unsupported(found: header.descriptor, expected: "numbers such as <f4, or booleans"))
    }
    let bodyCount = bytes.count - bodyStart
    guard let count = elementCount(ofClaimedShape: header.shape),
      count.multipliedReportingOverflow(by: type.byteCount) == (bodyCount, false)
    else {
      throw error(
        "array",
        .damaged("the shape \(header.shape) of \(header.descriptor) does not fill \(counted(bodyCount, "byte"))"))
    }
    var bytes = bytes
    if isBigEndian {
      for start in stride(from: bodyStart, to: bytes.count, by: type.byteCount) {
        bytes[start..<start + type.byteCount].reverse()
      }
    }
    let scalars = bytes.withUnsafeBytes { type.floats(in: UnsafeRawBufferPointer(rebasing: $0[bodyStart...])) }
    if header.isFortranOrder {
      let axes = Array(header.shape.indices.reversed())
      self = Tensor(shape: Shape(header.shape.reversed()), scalars: scalars).permuted(axes)
    } else {
      self.init(shape: Shape(header.shape), scalars: scalars)
    }
  }

  /// The tensor as the bytes of an `.npy` file.
  package func npyBytes() -> [UInt8] {
    let text = NPYHeader(descriptor: "<f4", isFortranOrder: false, shape: Array(shape)).text
    // The array begins at a multiple of 64 bytes; a line feed ends the header.
    let prefixCount = magic.count + 4
    let paddedCount = (prefixCount + text.utf8.count + 1 + 63) & ~63
    var bytes = magic + [1, 0]
    withUnsafeBytes(of: UInt16(paddedCount - prefixCount).littleEndian) { bytes.append(contentsOf: $0) }
    bytes += Array(text.utf8)
    bytes += [UInt8](repeating: UInt8(ascii: " "), count: paddedCount - bytes.count - 1) + [UInt8(ascii: "\n")]
    withUnsafeScalars { bytes.append(contentsOf: UnsafeRawBufferPointer($0)) }
    return bytes
  }
}

/// The header of an `.npy` file, and where the array begins.
private func split(_ bytes: [UInt8]) -> (header: String, bodyStart: Int)? {
  guard bytes.count >= 12, bytes.starts(with: magic), (1...3).contains(bytes[6]), bytes[7] == 0 else { return nil }
  // Version 1 gives the length in two bytes, 2 and 3 in four.
  let lengthBytes = bytes[8..<(bytes[6] == 1 ? 10 : 12)]
  let length = lengthBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
  let bodyStart = lengthBytes.endIndex + length
  guard bodyStart <= bytes.count else { return nil }
  return (String(decoding: bytes[lengthBytes.endIndex..<bodyStart], as: UTF8.self), bodyStart)
}

/// The type that the header of an `.npy` file names, and the order of its bytes.
private func storedType(npy descriptor: String) -> (StoredType, isBigEndian: Bool)? {
  let types: [Substring: StoredType] = [
    "f2": .float16, "f4": .float32, "f8": .float64, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64,
    "b1": .uint8, "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64,
  ]
  guard let order = descriptor.first, let type = types[descriptor.dropFirst()] else { return nil }
  // `|`: one byte has no order.
  guard order == (type.byteCount == 1 ? "|" : "<") || order == ">" && type.byteCount > 1 else { return nil }
  return (type, order == ">")
}
