import Foundation
import Testing

/// The programs of the guides: all Swift blocks of a page, in their order, are one program. It compiles without a warning
/// against Kilim as it was built for the tests, and runs to its end.
struct GuideTests {
  @Test(arguments: Page.programs) func programCompilesAndRuns(page: Page) throws {
    let program = try #require(page.program)
    #expect(program.contains("import Kilim\n"), "\(page.path): the first block must import Kilim")
    let folder = try sampleFolder()
    let source = folder.url.appending(path: "main.swift")
    try program.write(to: source, atomically: true, encoding: .utf8)
    let executable = folder.url.appending(path: "program")
    try Compiler.build(source, name: "Guide", to: executable)
    let output = try run([executable.path], in: folder.url)
    for name in page.writtenFiles {
      #expect(FileManager.default.fileExists(atPath: folder.path(name)), "\(page.path): \(name) was not written")
    }
    if page.path == "Docs/OwnLayer.md" { #expect(output.contains("the gradient is right"), "\(output)") }
  }

  /// A block without a mark, or with one that is misspelt, would not be compiled, without notice.
  @Test func everyBlockSaysWhatItIs() {
    #expect(Page.all.count > 10)
    for page in Page.all + Page.sources {
      for block in page.blocks {
        let place = "\(page.path), line \(block.line)"
        #expect(!block.language.isEmpty, "\(place): mark the block: swift, swift manifest, sh, text, …")
        #expect(
          !block.language.lowercased().hasPrefix("swift") || ["swift", "swift manifest"].contains(block.language),
          "\(place): found the mark \"\(block.language)\"; expected swift (a program) or swift manifest")
      }
    }
  }

  /// Manifests are compiled by ``OutsidePackageTests``, which takes that of the README: the others must say the same.
  @Test func manifestsAgree() throws {
    let manifests = Page.all.flatMap(\.blocks).filter { $0.language == "swift manifest" }.map(\.text)
    #expect(manifests.count >= 2)
    #expect(Set(manifests).count == 1)
  }
}
