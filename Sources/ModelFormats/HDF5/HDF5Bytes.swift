import Serialization
import Tensor

/// The bytes of an HDF5 file. Every read checks that the bytes are in the file.
struct HDF5Bytes {
  private let source: any ByteSource
  private let pages: HDF5Pages
  private let links: Links

  /// What was read as descriptions of links.
  private final class Links {
    var byteCount = 0
  }

  /// The value that means "no address".
  static let undefined = Int.max

  init(_ source: any ByteSource) {
    self.source = source
    pages = HDF5Pages(source)
    links = Links()
  }

  var count: Int { source.byteCount }

  /// Throws unless the file has `count` bytes at `offset`.
  func check(at offset: Int, count: Int) throws(HDF5Damage) {
    guard offset >= 0, count >= 0, offset <= self.count, count <= self.count - offset else {
      throw HDF5Damage(
        "a part of \(counted(count, "byte")) at \(offset) lies outside the file of \(counted(self.count, "byte"))")
    }
  }

  /// Counts bytes that describe links. Those of a sound file do not overlap, so all together are no more than the file has.
  /// Without this limit, a small file could list the same long names almost for ever.
  func countLinks(_ byteCount: Int) throws(HDF5Damage) {
    links.byteCount += byteCount
    guard links.byteCount <= count else { throw HDF5Damage("more links, or longer names, than the file has room for") }
  }

  /// The `count` bytes at `offset`.
  func slice(at offset: Int, count: Int) throws(HDF5Damage) -> [UInt8] {
    try check(at: offset, count: count)
    if count <= HDF5Pages.size { return try pages.bytes(at: offset, count: count) }
    let bytes: [UInt8]
    do {
      bytes = try source.bytes(at: offset, count: count)
    } catch {
      throw HDF5Damage("\(error)")
    }
    guard bytes.count == count else { throw HDF5Damage("it became shorter while it was read") }
    return bytes
  }

  /// Fills numbers with the bytes at `offset`.
  func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws(HDF5Damage) {
    try check(at: offset, count: target.count)
    let done: Int
    do {
      done = try source.read(at: offset, into: target)
    } catch {
      throw HDF5Damage("\(error)")
    }
    guard done == target.count else { throw HDF5Damage("it became shorter while it was read") }
  }

  /// The little-endian number of `size` bytes at `offset`. A number with all bits set, or one that `Int` cannot hold,
  /// gives ``undefined``.
  func number(at offset: Int, size: Int) throws(HDF5Damage) -> Int {
    try check(at: offset, count: size)
    return Int(exactly: try pages.number(at: offset, count: size)) ?? Self.undefined
  }

  /// The text of `count` bytes at `offset`, up to the first zero.
  func text(at offset: Int, count: Int) throws(HDF5Damage) -> String {
    String(decoding: try slice(at: offset, count: count).prefix { $0 != 0 }, as: UTF8.self)
  }

  /// The text at `offset` up to a zero, which must come before `end`.
  func text(at offset: Int, endingBefore end: Int) throws(HDF5Damage) -> String {
    try check(at: offset, count: max(end - offset, 0))
    // A name of a group is short, and the heap that it stands in may be long.
    var count = 64
    while true {
      let bytes = try slice(at: offset, count: min(count, max(end - offset, 0)))
      if let zero = bytes.firstIndex(of: 0) { return String(decoding: bytes[..<zero], as: UTF8.self) }
      guard bytes.count == count else { throw HDF5Damage("a name at \(offset) has no end") }
      count *= 8
    }
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
