import Foundation

/// A run of `divar bench` in a process of its own.
enum DivarProcess {
  /// What its line says, by name: `median_ms`, `min_ms`, `peak_mb`, …
  typealias Figures = [String: Double]

  /// Runs the command that `Benchmarks/run` has built.
  static func bench(_ arguments: String...) throws -> Figures {
    let process = Process()
    process.executableURL = URL(
      filePath: ProcessInfo.processInfo.environment["KILIM_DIVAR"] ?? "../.build/release/divar")
    process.arguments = ["bench"] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    let words = String(decoding: output, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    let pairs = words.compactMap { word -> (String, Double)? in
      let parts = word.split(separator: "=")
      return parts.count == 2 ? Double(parts[1]).map { (String(parts[0]), $0) } : nil
    }
    guard process.terminationStatus == 0, !pairs.isEmpty else { throw DivarError(arguments: arguments) }
    return Figures(pairs) { first, _ in first }
  }
}

/// `divar bench` gave no figures.
struct DivarError: Error {
  let arguments: [String]
}
