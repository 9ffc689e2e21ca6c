import Foundation
import TestSupport
import Testing

/// A package of its own that depends on Kilim in the words of the README. It builds all of Kilim once more, so `make
/// test-package` runs it alone.
struct OutsidePackageTests {
  private static let isAsked = ProcessInfo.processInfo.environment["KILIM_OUTSIDE_PACKAGE"] != nil

  @Test(.enabled(if: isAsked, "it builds all of Kilim once more; make test-package runs it"))
  func readmesManifestBuilds() throws {
    let folder = try TemporaryFolder()
    let kilim = try commitKilim(in: folder)
    let block = try #require(Page(path: "README.md").blocks.first { $0.language == "swift manifest" }?.text)
    let addresses = block.matches(of: /url: "([^"]+)"/)
    try #require(addresses.count == 1, "\(block)")
    let manifest = """
      // swift-tools-version: 6.3
      import PackageDescription

      let package = Package(
        name: "Photos",
      \(block.replacing(addresses[0].1, with: kilim.absoluteString))
      )
      """
    let package = folder.url.appending(path: "Photos")
    let sources = package.appending(path: "Sources/Photos")
    try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
    try manifest.write(to: package.appending(path: "Package.swift"), atomically: true, encoding: .utf8)
    try "import Kilim\n\nprint(Tensor<Float>([1, 2]).sum().scalar)\n".write(
      to: sources.appending(path: "main.swift"), atomically: true, encoding: .utf8)
    // Without optimization it builds in a third of the time.
    try run(["swift", "build"], in: package)
    #expect(try run([".build/debug/Photos"], in: package) == "3.0\n")
  }

  /// Puts the sources as they stand into a git repository of their own, on the branch `main`.
  private func commitKilim(in folder: TemporaryFolder) throws -> URL {
    let kilim = folder.url.appending(path: "kilim")
    try FileManager.default.createDirectory(at: kilim, withIntermediateDirectories: true)
    for part in ["Package.swift", "Sources", "Examples", "Tests"] {
      try FileManager.default.copyItem(at: Page.root.appending(path: part), to: kilim.appending(path: part))
    }
    try run(["git", "init", "--quiet", "--initial-branch", "main"], in: kilim)
    try run(["git", "add", "--all"], in: kilim)
    try run(
      ["git", "-c", "user.name=Kilim", "-c", "user.email=kilim@example.org", "commit", "--quiet", "-m", "Kilim"],
      in: kilim)
    return kilim
  }
}
