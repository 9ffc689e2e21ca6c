import Serialization

/// The type of the elements of a dataset or attribute.
enum HDF5Datatype {
  /// Numbers of a kind that can be converted to `Float`.
  case number(StoredType, isBigEndian: Bool)
  /// Text in a field of a fixed number of bytes.
  case text(byteCount: Int)
  /// Text of any length, stored in a heap.
  case longText

  /// Reads a datatype message: class and version, 24 flag bits, size, properties.
  init(at offset: Int, in file: HDF5Bytes) throws(HDF5Damage) {
    let kind = try file.number(at: offset, size: 1) & 0x0F
    let flags = try file.number(at: offset + 1, size: 3)
    let size = try file.number(at: offset + 4, size: 4)
    switch kind {
    case 0:
      guard let type = Self.integers[IntegerKind(size: size, isSigned: flags & 8 != 0)],
        try file.number(at: offset + 8, size: 2) == 0, try file.number(at: offset + 10, size: 2) == 8 * size
      else { throw .unsupported("an integer of \(size) bytes") }
      self = .number(type, isBigEndian: flags & 1 != 0)
    case 1:
      // The offset and the number of bits, then the position and length of the exponent and of the fraction.
      let fields = try file.slice(at: offset + 8, count: 8).map(Int.init)
      let parts = FloatParts(
        size: size, exponentPlace: fields[4], exponentSize: fields[5], fractionPlace: fields[6],
        fractionSize: fields[7], bias: try file.number(at: offset + 16, size: 4))
      guard let type = Self.floats[parts], flags & 0x40 == 0 else {
        throw .unsupported("a floating-point number of \(size) bytes")
      }
      self = .number(type, isBigEndian: flags & 1 != 0)
    case 3:
      guard size > 0 else { throw HDF5Damage("text of no bytes") }
      self = .text(byteCount: size)
    case 9 where flags & 0x0F == 1:
      self = .longText
    default:
      throw .unsupported("a datatype of class \(kind)")
    }
  }

  private struct IntegerKind: Hashable {
    let size: Int
    let isSigned: Bool
  }

  private struct FloatParts: Hashable {
    let size, exponentPlace, exponentSize, fractionPlace, fractionSize, bias: Int
  }

  private static let integers: [IntegerKind: StoredType] = [
    IntegerKind(size: 1, isSigned: true): .int8, IntegerKind(size: 2, isSigned: true): .int16,
    IntegerKind(size: 4, isSigned: true): .int32, IntegerKind(size: 8, isSigned: true): .int64,
    IntegerKind(size: 1, isSigned: false): .uint8, IntegerKind(size: 2, isSigned: false): .uint16,
    IntegerKind(size: 4, isSigned: false): .uint32, IntegerKind(size: 8, isSigned: false): .uint64,
  ]

  private static let floats: [FloatParts: StoredType] = [
    parts(2, 10, 5, 15): .float16, parts(2, 7, 8, 127): .bfloat16, parts(4, 23, 8, 127): .float32,
    parts(8, 52, 11, 1023): .float64,
  ]

  private static func parts(_ size: Int, _ fractionSize: Int, _ exponentSize: Int, _ bias: Int) -> FloatParts {
    FloatParts(
      size: size, exponentPlace: fractionSize, exponentSize: exponentSize, fractionPlace: 0,
      fractionSize: fractionSize, bias: bias)
  }

  /// The extents of a dataspace message; `[]` is a scalar.
  static func shape(at offset: Int, in file: HDF5Bytes) throws(HDF5Damage) -> [Int] {
    let version = try file.number(at: offset, size: 1)
    let rank = try file.number(at: offset + 1, size: 1)
    guard version == 1 || version == 2, rank <= 32 else { throw HDF5Damage("a dataspace of version \(version)") }
    if version == 2, try file.number(at: offset + 3, size: 1) == 2 { throw .unsupported("a dataset without a value") }
    var shape: [Int] = []
    for axis in 0..<rank {
      let extent = try file.number(at: offset + (version == 1 ? 8 : 4) + 8 * axis, size: 8)
      guard extent != HDF5Bytes.undefined else { throw HDF5Damage("an axis without end") }
      shape.append(extent)
    }
    return shape
  }
}
