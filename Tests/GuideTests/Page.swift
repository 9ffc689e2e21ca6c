import Foundation

/// The Swift code of a guide: all its blocks marked `swift`, one after the other.
struct GuideCode {
  /// The name of the program that the code makes.
  let name: String
  let code: String

  init(name: String, file: URL) throws {
    let text = try String(contentsOf: file, encoding: .utf8)
    var blocks: [String] = []
    var block: [Substring]?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line == "```swift" {
        block = []
      } else if line == "```", let lines = block {
        blocks.append(lines.joined(separator: "\n"))
        block = nil
      } else {
        block?.append(line)
      }
    }
    self.name = name
    code = blocks.joined(separator: "\n\n") + "\n"
  }
}
