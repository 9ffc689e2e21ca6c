import Data
import Foundation
import TestSupport
import Testing

@Suite struct PhotoTreeTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: folder.path(name), withDestinationPath: target)
  }

  @Test func followsLinksThatLeadNowhereYet() throws {
    try FileManager.default.createDirectory(atPath: folder.path("photos/cat"), withIntermediateDirectories: true)
    try link("into", to: "photos/cat/new")
    let tree = PhotoTree(folder.path("photos"))
    #expect(tree.contains(folder.path("photos/cat/a/b")) && tree.contains(folder.path("into")))
    #expect(!tree.contains(folder.path("other/a")))
  }

  /// Two links through each other: no step is a link to itself.
  @Test func pathsInCirclesAreInNoFolder() throws {
    try FileManager.default.createDirectory(atPath: folder.path("photos"), withIntermediateDirectories: true)
    try link("d1", to: "d2/s")
    try link("d2", to: "d1/s")
    try link("self", to: "self/x")
    let tree = PhotoTree(folder.path("photos"))
    for name in ["d1", "d1/out.png", "d2/s", "self", "self/y"] { #expect(!tree.contains(folder.path(name)), "\(name)") }
  }
}
