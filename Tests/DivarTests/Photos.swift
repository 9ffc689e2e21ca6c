import Data
import Foundation
import TestSupport
import Testing

extension TemporaryFolder {
  /// Makes a folder of small photos, and returns the path of the first photo of each class.
  @discardableResult
  func makePhotos(_ name: String, classes: [String], count: Int = 6) throws -> [String] {
    try classes.enumerated().map { index, className in
      let classFolder = url.appending(path: "\(name)/\(className)")
      try FileManager.default.createDirectory(at: classFolder, withIntermediateDirectories: true)
      for number in 0..<count {
        let pixels = (0..<20 * 20 * 3).map { UInt8(($0 * 7 + number * 13 + index * 50) % 256) }
        let photo = try Image(width: 20, height: 20, pixels: pixels).jpeg()
        try Foundation.Data(photo).write(to: classFolder.appending(path: "\(number).jpg"))
      }
      return classFolder.appending(path: "0.jpg").path
    }
  }

  /// All files and folders below a folder of it, with the content of files.
  func content(of name: String = "") throws -> [String: Foundation.Data?] {
    var content: [String: Foundation.Data?] = [:]
    for entry in try FileManager.default.subpathsOfDirectory(atPath: path(name)) {
      content[entry] = .some(try? Foundation.Data(contentsOf: URL(filePath: "\(path(name))/\(entry)")))
    }
    return content
  }

  /// A new empty file of it, to write to.
  func newFile(_ name: String) throws -> FileHandle {
    try Foundation.Data().write(to: url.appending(path: name))
    return try FileHandle(forWritingTo: url.appending(path: name))
  }

  /// The text of a file of it.
  func text(_ name: String) throws -> String {
    try String(contentsOfFile: path(name), encoding: .utf8)
  }

  /// Whether a file or folder of it exists.
  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }
}

/// Runs `divar` and expects it to end with an error in one line that contains all the given words, and to say nothing of
/// a crash.
func expectError(
  _ arguments: [String], _ words: String..., folder: URL? = nil, location: SourceLocation = #_sourceLocation
) throws {
  let run = try DivarProcess(arguments, in: folder)
  #expect(
    run.exitCode == 1 || run.exitCode == 64, "exit code \(run.exitCode): \(run.errors)", sourceLocation: location)
  let lines = run.errors.split(separator: "\n").filter { !$0.hasPrefix("Warning: ") && !$0.hasPrefix("Note: ") }
  #expect(lines.first?.hasPrefix("Error: ") == true, "\(run.errors)", sourceLocation: location)
  if run.exitCode == 1 { #expect(lines.count == 1, "\(run.errors)", sourceLocation: location) }
  for word in words {
    #expect(run.errors.contains(word), "\"\(word)\" is missing: \(run.errors)", sourceLocation: location)
  }
}
