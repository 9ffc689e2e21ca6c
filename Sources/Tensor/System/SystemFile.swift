import Glibc

/// The small text files in which Linux tells of itself, under `/proc` and `/sys`.
enum SystemFile {
  /// The whole text, or `nil` where there is no such file or it cannot be read.
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

  /// The lines of a file; none where it cannot be read.
  static func lines(_ path: String) -> [Substring] {
    text(path)?.split(separator: "\n") ?? []
  }

  /// The words of a file; none where it cannot be read.
  static func words(_ path: String) -> [Substring] {
    text(path)?.split(whereSeparator: \.isWhitespace) ?? []
  }

  /// The only number of a file, or `nil` where it holds something else.
  static func number(_ path: String) -> Int? {
    let words = words(path)
    return words.count == 1 ? Int(words[0]) : nil
  }

  /// The number behind a key, in a file of lines `key value` or `key: value kB`.
  static func number(of key: String, _ path: String) -> Int? {
    for line in lines(path) {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.count >= 2, words[0] == key { return Int(words[1]) }
    }
    return nil
  }
}
