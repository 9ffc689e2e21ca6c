import Glibc

/// The small text files with information about the system, under `/proc` and `/sys`.
enum SystemFile {
  /// The whole text; `nil` if the file does not exist or cannot be read.
  static func text(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = read(file, &part, part.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { return nil }
      if count == 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += part[..<count]
    }
  }

  /// The lines of a file; empty if it cannot be read.
  static func lines(_ path: String) -> [Substring] {
    text(path)?.split(separator: "\n") ?? []
  }

  /// The words of a file; empty if it cannot be read.
  static func words(_ path: String) -> [Substring] {
    text(path)?.split(whereSeparator: \.isWhitespace) ?? []
  }

  /// The number that is the only content of a file; `nil` if it contains something else.
  static func number(_ path: String) -> Int? {
    let words = words(path)
    return words.count == 1 ? Int(words[0]) : nil
  }

  /// The number after a key, in a file of lines `key value` or `key: value kB`.
  static func number(of key: String, _ path: String) -> Int? {
    for line in lines(path) {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.count >= 2, words[0] == key { return Int(words[1]) }
    }
    return nil
  }
}
