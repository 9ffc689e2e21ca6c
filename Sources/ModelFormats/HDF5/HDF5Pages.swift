import Serialization

/// The pages of a file that were read last: what describes the objects of an HDF5 file is many numbers of a few bytes.
final class HDF5Pages {
  private let source: any ByteSource
  private var pages: [Int: [UInt8]] = [:]

  /// The size of a page.
  static let size = 1 << 12
  /// So many pages are kept.
  private static let limit = 512

  init(_ source: any ByteSource) {
    self.source = source
  }

  /// `count` bytes at `offset`, at most as many as a page has. The file must have them.
  func bytes(at offset: Int, count: Int) throws(HDF5Damage) -> [UInt8] {
    let (number, start) = (offset / Self.size, offset % Self.size)
    let first = try page(number)
    if start + count <= first.count { return Array(first[start..<start + count]) }
    let rest = count - (Self.size - start)
    guard first.count == Self.size, count > 0 else { throw Self.shortened }
    let second = try page(number + 1)
    guard rest <= second.count else { throw Self.shortened }
    return Array(first[start...] + second[..<rest])
  }

  /// The little-endian number of `count` bytes at `offset`, at most eight. The file must have them.
  func number(at offset: Int, count: Int) throws(HDF5Damage) -> UInt64 {
    let start = offset % Self.size
    let page = try page(offset / Self.size)
    // No array is made of them, as most of a file's description is such numbers.
    if start + count <= page.count {
      return (start..<start + count).reversed().reduce(0) { $0 << 8 | UInt64(page[$1]) }
    }
    return try bytes(at: offset, count: count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static let shortened = HDF5Damage("it became shorter while it was read")

  private func page(_ number: Int) throws(HDF5Damage) -> [UInt8] {
    if let page = pages[number] { return page }
    let page: [UInt8]
    do {
      page = try source.bytes(at: number * Self.size, count: Self.size)
    } catch {
      throw HDF5Damage("\(error)")
    }
    if pages.count >= Self.limit { pages.removeAll(keepingCapacity: true) }
    pages[number] = page
    return page
  }
}
