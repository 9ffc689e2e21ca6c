import Foundation
import Serialization

/// What it costs to open a file: time, and the most memory beyond what was in use before.
struct OpeningCost {
  /// In seconds, and relative to that of reading all bytes twice.
  let seconds: Double
  let relativeTime: Double
  /// In bytes.
  let memory: Int

  /// Runs `open` on the file at `path`.
  init(of path: String, _ open: () throws -> Void) throws {
    // Once before, so that the file is in the system's cache in both cases.
    _ = try Self.readTwice(path)
    let reading = try Self.readTwice(path)
    // Begins a new measurement of the largest resident memory.
    try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    let before = Self.kilobytes("VmRSS")
    let start = ContinuousClock.now
    try open()
    let time = start.duration(to: .now)
    seconds = time / .seconds(1)
    relativeTime = time / reading
    memory = (Self.kilobytes("VmHWM") - before) * 1024
  }

  private static func readTwice(_ path: String) throws -> Duration {
    let file = try RandomAccessFile(path)
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    let start = ContinuousClock.now
    for _ in 0..<2 {
      var offset = 0
      while offset < file.byteCount {
        offset += try piece.withUnsafeMutableBytes { try file.read(at: offset, into: $0) }
      }
    }
    return start.duration(to: .now)
  }

  private static func kilobytes(_ field: String) -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("\(field):") } ?? ""
    return line.split(separator: " ").compactMap { Int($0) }.first ?? 0
  }
}
