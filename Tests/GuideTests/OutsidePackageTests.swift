import Data
import Foundation
import Testing

/// A package of its own that depends on Kilim by a git tag, as a stranger's does: the program of the README and the
/// code of all guides are built and run there.
@Suite(.serialized)
struct OutsidePackageTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  @Test func readmeAndGuidesBuildAndRun() throws {
    let work = FileManager.default.temporaryDirectory.appending(path: "kilim-outside-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: work) }
    let package = work.appending(path: "Photos")
    try FileManager.default.createDirectory(at: package, withIntermediateDirectories: true)

    let guides = try [
      GuideCode(name: "Readme", file: Self.root.appending(path: "README.md")),
      GuideCode(name: "GettingStarted", file: Self.root.appending(path: "Docs/GettingStarted.md")),
      GuideCode(name: "Photographs", file: Self.root.appending(path: "Docs/Data.md")),
      GuideCode(name: "OwnLayer", file: Self.root.appending(path: "Docs/OwnLayer.md")),
      GuideCode(name: "OwnLoss", file: Self.root.appending(path: "Docs/OwnLoss.md")),
      GuideCode(name: "OwnLoop", file: Self.root.appending(path: "Docs/OwnLoop.md")),
      GuideCode(name: "Checkpoints", file: Self.root.appending(path: "Docs/Checkpoints.md")),
    ]
    for guide in guides { try #require(guide.code.contains("import Kilim"), "\(guide.name) has no code") }
    try writeManifest(in: package, kilim: tagKilim(in: work), programs: guides.map(\.name))
    for guide in guides {
      let folder = package.appending(path: "Sources/\(guide.name)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try guide.code.write(to: folder.appending(path: "main.swift"), atomically: true, encoding: .utf8)
    }
    try writePhotos(to: package.appending(path: "dataset"))
    try run("swift", "build", "-c", "release", in: package)

    for guide in guides { try run(".build/release/\(guide.name)", in: package) }
    for file in ["curves.png", "FinalModel64.keras", "confusion.svg", "photos.keras", "photos.cache"] {
      let path = package.appending(path: file).path
      #expect(FileManager.default.fileExists(atPath: path), "\(file) was not written")
    }
    #expect(try run(".build/release/OwnLayer", in: package).contains("the gradient is right"))
  }

  /// Puts the sources as they stand into a git repository of their own and tags them.
  private func tagKilim(in work: URL) throws -> URL {
    let kilim = work.appending(path: "kilim")
    try FileManager.default.createDirectory(at: kilim, withIntermediateDirectories: true)
    for part in ["Package.swift", "Sources", "Examples", "Tests"] {
      try FileManager.default.copyItem(at: Self.root.appending(path: part), to: kilim.appending(path: part))
    }
    try run("git", "init", "--quiet", in: kilim)
    try run("git", "add", "--all", in: kilim)
    try run(
      "git", "-c", "user.name=Kilim", "-c", "user.email=kilim@example.org", "commit", "--quiet", "-m", "Kilim",
      in: kilim)
    try run("git", "tag", "1.0.0", in: kilim)
    return kilim
  }

  private func writeManifest(in package: URL, kilim: URL, programs: [String]) throws {
    let targets = programs.map {
      ".executableTarget(name: \"\($0)\", dependencies: [.product(name: \"Kilim\", package: \"kilim\")]),"
    }
    let manifest = """
      // swift-tools-version: 6.3
      import PackageDescription

      let package = Package(
        name: "Photos",
        dependencies: [.package(url: "\(kilim.absoluteString)", from: "1.0.0")],
        targets: [
          \(targets.joined(separator: "\n    "))
        ]
      )
      """
    try manifest.write(to: package.appending(path: "Package.swift"), atomically: true, encoding: .utf8)
  }

  /// Twelve small pictures in each of two classes, one reddish and one bluish.
  private func writePhotos(to folder: URL) throws {
    for (index, name) in ["blue", "red"].enumerated() {
      let classFolder = folder.appending(path: name)
      try FileManager.default.createDirectory(at: classFolder, withIntermediateDirectories: true)
      for number in 0..<12 {
        let pixels = (0..<40 * 30).flatMap { pixel -> [UInt8] in
          let shade = UInt8((pixel * 7 + number * 31) % 100)
          return index == 0 ? [shade, shade, 200] : [200, shade, shade]
        }
        let picture = Image(width: 40, height: 30, pixels: pixels)
        try Data(picture.png()).write(to: classFolder.appending(path: "\(number).png"))
      }
    }
  }
}
