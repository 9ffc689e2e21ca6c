/// How a file stores the numbers of a tensor, little-endian.
package enum StoredType: Sendable {
  case float16, bfloat16, float32, float64
  case int8, int16, int32, int64
  case uint8, uint16, uint32, uint64

  /// The number of bytes of one number.
  package var byteCount: Int {
    switch self {
    case .int8, .uint8: 1
    case .float16, .bfloat16, .int16, .uint16: 2
    case .float32, .int32, .uint32: 4
    case .float64, .int64, .uint64: 8
    }
  }

  /// Whether the numbers are integers that may be below zero.
  package var isSignedInteger: Bool { [.int8, .int16, .int32, .int64].contains(self) }

  /// The numbers in `bytes`, each rounded to the nearest `Float`.
  ///
  /// - Parameter bytes: the numbers, without a remainder; they need not be aligned.
  package func floats(in bytes: UnsafeRawBufferPointer) -> [Float] {
    switch self {
    case .float16: load(bytes) { (bits: UInt16) in Float(Float16(bitPattern: bits)) }
    case .bfloat16: load(bytes) { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
    case .float32 where 1.littleEndian == 1: copy(bytes)
    case .float32: load(bytes) { (bits: UInt32) in Float(bitPattern: bits) }
    case .float64: load(bytes) { (bits: UInt64) in Float(Double(bitPattern: bits)) }
    case .int8: load(bytes) { (value: Int8) in Float(value) }
    case .int16: load(bytes) { (value: Int16) in Float(value) }
    case .int32: load(bytes) { (value: Int32) in Float(value) }
    case .int64: load(bytes) { (value: Int64) in Float(value) }
    case .uint8: load(bytes) { (value: UInt8) in Float(value) }
    case .uint16: load(bytes) { (value: UInt16) in Float(value) }
    case .uint32: load(bytes) { (value: UInt32) in Float(value) }
    case .uint64: load(bytes) { (value: UInt64) in Float(value) }
    }
  }

  /// Numbers that need no conversion.
  private func copy(_ bytes: UnsafeRawBufferPointer) -> [Float] {
    [Float](unsafeUninitializedCapacity: bytes.count / byteCount) { numbers, count in
      UnsafeMutableRawBufferPointer(numbers).copyMemory(from: bytes)
      count = numbers.count
    }
  }

  private func load<Bits: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: UnsafeRawBufferPointer, _ convert: (Bits) -> Float
  ) -> [Float] {
    let width = MemoryLayout<Bits>.size
    return (0..<bytes.count / width).map { index in
      convert(Bits(littleEndian: bytes.loadUnaligned(fromByteOffset: index * width, as: Bits.self)))
    }
  }
}

/// The number of elements of a shape that a file claims.
///
/// - Returns: `nil` if an extent is negative, or if the count, or a stride of the tensor, exceeds `Int`.
package func elementCount(ofClaimedShape shape: [Int]) -> Int? {
  var count = 1
  for extent in shape {
    let (product, overflow) = count.multipliedReportingOverflow(by: max(extent, 1))
    if overflow || extent < 0 { return nil }
    count = product
  }
  return shape.contains(0) ? 0 : count
}
