import Tensor

/// The bytes of an HDF5 file. Every read checks that the bytes are in the file.
struct HDF5Bytes {
  private let bytes: [UInt8]

  /// The value that means "no address".
  static let undefined = Int.max

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  var count: Int { bytes.count }

  /// The `count` bytes at `offset`.
  func slice(at offset: Int, count: Int) throws(HDF5Damage) -> ArraySlice<UInt8> {
    guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else {
      throw HDF5Damage(
        "a part of \(counted(count, "byte")) at \(offset) lies outside the file of \(counted(bytes.count, "byte"))")
    }
    return bytes[offset..<offset + count]
  }

  /// The little-endian number of `size` bytes at `offset`. A number with all bits set, or one that `Int` cannot hold,
  /// gives ``undefined``.
  func number(at offset: Int, size: Int) throws(HDF5Damage) -> Int {
    let value = try slice(at: offset, count: size).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Int(exactly: value) ?? Self.undefined
  }

  /// The text of `count` bytes at `offset`, up to the first zero.
  func text(at offset: Int, count: Int) throws(HDF5Damage) -> String {
    String(decoding: try slice(at: offset, count: count).prefix { $0 != 0 }, as: UTF8.self)
  }

  /// The text at `offset` up to a zero, which must come before `end`.
  func text(at offset: Int, endingBefore end: Int) throws(HDF5Damage) -> String {
    let bytes = try slice(at: offset, count: max(end - offset, 0))
    guard let zero = bytes.firstIndex(of: 0) else { throw HDF5Damage("a name at \(offset) has no end") }
    return String(decoding: bytes[..<zero], as: UTF8.self)
  }

  /// Checks that the bytes at `offset` are a signature, such as `TREE`.
  func require(_ signature: String, at offset: Int) throws(HDF5Damage) {
    guard try slice(at: offset, count: signature.utf8.count).elementsEqual(signature.utf8) else {
      throw HDF5Damage("no \(signature) stands at \(offset)")
    }
  }
}

/// What is wrong at one place of an HDF5 file.
struct HDF5Damage: Error {
  let reason: String
  /// Whether the file is valid but uses a feature that is not supported here.
  let isUnsupported: Bool

  init(_ reason: String, isUnsupported: Bool = false) {
    self.reason = reason
    self.isUnsupported = isUnsupported
  }

  static func unsupported(_ what: String) -> HDF5Damage { HDF5Damage(what, isUnsupported: true) }
}
