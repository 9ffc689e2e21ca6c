import Foundation

/// Reads the lines of a file one by one. Only a piece of the file is in memory at a time.
struct LineReader: Sequence, IteratorProtocol {
  private static let pieceSize = 1 << 16

  private let file: FileHandle
  private var buffer: [UInt8] = []
  private var start = 0
  private var hasEnded = false
  /// The first error of the file system, which ends the lines.
  private(set) var failure: (any Error)?
  /// Bytes up to the end of the last line that ended with a line feed.
  private(set) var wholeByteCount = 0
  /// Whether the last line ended with a line feed.
  private(set) var isWhole = true

  /// Reads from where `file` stands.
  init(_ file: FileHandle) {
    self.file = file
  }

  /// The next line, without its line feed; the last one may lack it.
  mutating func next() -> ArraySlice<UInt8>? {
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        let line = buffer[start..<end]
        wholeByteCount += line.count + 1
        start = end + 1
        return line
      }
      if hasEnded { break }
      searched = buffer.count - start
      buffer.removeFirst(start)
      start = 0
      readPiece()
    }
    guard start < buffer.count else { return nil }
    isWhole = false
    defer { start = buffer.count }
    return buffer[start...]
  }

  private mutating func readPiece() {
    do {
      let piece = try file.read(upToCount: Self.pieceSize) ?? Foundation.Data()
      hasEnded = piece.isEmpty
      buffer.append(contentsOf: piece)
    } catch {
      failure = error
      hasEnded = true
    }
  }
}
