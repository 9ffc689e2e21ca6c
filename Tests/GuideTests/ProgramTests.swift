import Foundation
import TestSupport
import Testing

/// The programs in `Examples/Programs` compile without a warning and run, each in fewer than 40 lines.
struct ProgramTests {
  private static let folder = Page.root.appending(path: "Examples/Programs")

  /// All of them in one program, a function for each: compiling ten would take ten times as long.
  @Test func programsCompileAndRun() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
      .filter { $0.hasSuffix(".swift") }.sorted()
    #expect(names.count >= 10)
    var text = "import Kilim\n"
    for name in names {
      let file = Self.folder.appending(path: name)
      let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count < 40, "\(name) has \(lines.count) lines")
      #expect(lines[0] == "import Kilim", "\(name) begins with the import of Kilim alone")
      let function = name.replacing(".swift", with: "")
      text += "func program\(function)() throws {\n#sourceLocation(file: \"\(file.path)\", line: 2)\n"
      text += lines.dropFirst().joined(separator: "\n") + "\n#sourceLocation()\n}\n"
      text += "try program\(function)()\nprint(\"\(function) has ended\")\n"
    }
    let folder = try sampleFolder()
    try FileManager.default.copyItem(
      atPath: Page.root.appending(path: "Tests/TrainingTests/Fixtures/wine.csv").path, toPath: folder.path("wine.csv"))
    let source = folder.url.appending(path: "main.swift")
    try text.write(to: source, atomically: true, encoding: .utf8)
    let executable = folder.url.appending(path: "program")
    try Compiler.build(source, name: "Programs", to: executable)
    let output = try run([executable.path], in: folder.url)
    for name in names {
      #expect(output.contains("\(name.replacing(".swift", with: "")) has ended"), "\(name): \(output)")
    }
  }
}
