import Foundation
import Testing

/// A page of the documentation, in Markdown, or the documentation comments of a source file.
struct Page: Sendable, CustomTestStringConvertible {
  /// A fenced block of a page.
  struct Block: Sendable {
    /// What stands behind the fence, such as `swift`.
    let language: String
    /// The number of the first line behind the fence, from 1.
    let line: Int
    let text: String
  }

  /// The path below the root of the package.
  let path: String
  let blocks: [Block]
  /// All lines outside of blocks.
  let prose: String

  /// Where the package stands.
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  init(path: String) throws {
    self.path = path
    let text = try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
    let isSource = path.hasSuffix(".swift")
    var (blocks, prose): ([Block], [Substring]) = ([], [])
    var open: (language: String, line: Int, lines: [Substring])?
    for (index, whole) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = isSource ? Self.comment(whole) : whole
      let isFence = line.drop { $0 == " " }.hasPrefix("```")
      if let block = open, isFence {
        blocks.append(Block(language: block.language, line: block.line, text: block.lines.joined(separator: "\n")))
        open = nil
      } else if isFence {
        let language = line.drop { $0 == " " }.drop { $0 == "`" }.trimmingCharacters(in: .whitespaces)
        open = (language, index + 2, [])
      } else if open != nil {
        open?.lines.append(line)
      } else {
        prose.append(line)
      }
    }
    // A block that is never closed counts as one without a mark.
    if let block = open { blocks.append(Block(language: "", line: block.line, text: "")) }
    self.blocks = blocks
    self.prose = prose.joined(separator: "\n")
  }

  /// The text behind the `///` of a line; nothing for a line of code.
  private static func comment(_ line: Substring) -> Substring {
    let line = line.drop { $0 == " " }
    guard line.hasPrefix("///") else { return "" }
    return line.dropFirst(line.hasPrefix("/// ") ? 4 : 3)
  }

  /// The README and all pages of `Docs/`.
  static let all = pages(in: ["Docs"], ending: ".md") + ["README.md"].compactMap { try? Page(path: $0) }

  /// All source files of the libraries and of the example.
  static let sources = pages(in: ["Sources", "Examples"], ending: ".swift")

  private static func pages(in folders: [String], ending: String) -> [Page] {
    folders.flatMap { folder in
      let names = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
      // Packages among the examples keep what they are built of in `.build`.
      return (names?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(ending) && !$0.contains(".build/") }
        .sorted()
        .compactMap { try? Page(path: "\(folder)/\($0)") }
    }
  }

  /// The pages that hold a program.
  static let programs = all.filter { $0.program != nil }

  /// All blocks marked `swift`, one after the other, as the file `main.swift` of a program. Messages of the compiler
  /// name the line of the page.
  var program: String? {
    let parts = blocks.filter { $0.language == "swift" }.map { "\(place($0))\n\($0.text)\n" }
    return parts.isEmpty ? nil : parts.joined(separator: "\n")
  }

  /// A line of Swift that tells the compiler where a block stands.
  func place(_ block: Block) -> String {
    "#sourceLocation(file: \"\(Self.root.appending(path: path).path)\", line: \(block.line))"
  }

  /// The code that stands between the words.
  var spans: [String] {
    prose.matches(of: /`([^`\n]+)`/).map { String($0.1) }
  }

  /// The files that the program says it writes.
  var writtenFiles: [String] { program.map { $0.matches(of: /to: "([^"]+)"/).map { String($0.1) } } ?? [] }

  var testDescription: String { path }
}
