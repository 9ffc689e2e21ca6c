import Foundation
import TestSupport
import Testing

/// The examples in documentation comments compile.
struct ExampleTests {
  /// What the examples use without saying where it comes from.
  private static let surroundings = """
    import Foundation
    import Kilim

    var address: URL { fatalError() }
    var digest: String { fatalError() }
    var path: String { fatalError() }
    var model: Model {
      get { fatalError() }
      set { fatalError() }
    }
    var x: Tensor<Double> { fatalError() }
    var images: Tensor<Float> { fatalError() }
    var targets: Tensor<Float> { fatalError() }
    var train: ImageDataset { fatalError() }
    var test: ImageDataset { fatalError() }
    var photos: ImageDataset { fatalError() }
    var adam: Adam { fatalError() }
    var optimizer: any Optimizer { fatalError() }
    var patienceLeft: Int {
      get { fatalError() }
      set { fatalError() }
    }
    """

  @Test func examplesCompile() throws {
    let folder = try TemporaryFolder()
    var files: [URL] = []
    func add(_ text: String) throws {
      files.append(folder.url.appending(path: "File\(files.count).swift"))
      try text.write(to: files[files.count - 1], atomically: true, encoding: .utf8)
    }
    try add(Self.surroundings)
    for page in Page.sources {
      for block in page.blocks where block.language == "swift" {
        // Three dots stand for statements of the reader's own.
        let code = block.text.replacing("…", with: "/* … */")
        let head = "import Downloads\nimport Kilim\n\nfunc example\(files.count)() async throws {"
        try add("\(head)\n\(page.place(block))\n\(code)\n}\n")
      }
    }
    #expect(files.count > 15)
    try Compiler.check(files, name: "Examples")
  }
}
