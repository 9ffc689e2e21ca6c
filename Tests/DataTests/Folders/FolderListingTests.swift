import Data
import Foundation
import Testing

@Suite struct FolderListingTests {
  private let manager = FileManager.default

  /// The paths below the folder that were taken for photos.
  private func paths(_ photos: PhotoFolder, _ folder: ImageFolder) -> [String] {
    folder.images.paths.map { String($0.dropFirst(photos.path.count + 1)) }
  }

  private func link(_ photos: PhotoFolder, _ name: String, to destination: String) throws {
    try manager.createSymbolicLink(atPath: photos.path + "/" + name, withDestinationPath: destination)
  }

  /// A path with the Latin-1 letter é at its end, for the system.
  private func nonUTF8(_ path: String) -> [CChar] {
    path.utf8.map { CChar(bitPattern: $0) } + [CChar(bitPattern: 0xE9), 0]
  }

  @Test func readsNestedFoldersInTheOrderOfPaths() throws {
    let photos = try PhotoFolder(["a": 1, "b": 1])
    let photo = try Image(width: 2, height: 2, pixels: [UInt8](repeating: 7, count: 12)).png()
    for name in ["a/x/1.JPEG", "a/x.jpg", "a/x/deep er/é.png", "a/10.png", "a/2 .PNG", "a/Z.jpg"] {
      try photos.add(name, photo)
    }
    #expect(
      try paths(photos, photos.read())
        == ["a/0.png", "a/10.png", "a/2 .PNG", "a/Z.jpg", "a/x.jpg", "a/x/1.JPEG", "a/x/deep er/é.png", "b/0.png"])
  }

  @Test func leavesOutHiddenFilesAndThoseOfWindowsAndMacOS() throws {
    let photos = try PhotoFolder(["a": 1, "b": 1])
    for name in [
      "a/.DS_Store", "a/Thumbs.db", "b/thumbs.DB", "b/desktop.ini", "a/.hidden/1.png", "a/__MACOSX/1.png", "Thumbs.db",
      "__MACOSX/a/._0.png",
    ] {
      try photos.add(name, "no photo".utf8)
    }
    #expect(try paths(photos, photos.read()) == ["a/0.png", "b/0.png"])
  }

  @Test(.timeLimit(.minutes(1)))
  func readsAFolderOnceThatLinksReachTwice() throws {
    let photos = try PhotoFolder(["a": 2, "b": 1])
    for name in ["a/below/3.png", "a/plain/4.png"] {
      try photos.add(name, Image(width: 1, height: 1, pixels: [1, 2, 3]).png())
    }
    try link(photos, "a/below/up", to: "..")
    try link(photos, "a/itself", to: ".")
    try link(photos, "a/all", to: photos.path)
    try link(photos, "b/other", to: photos.path + "/a/plain")
    // Two links a level double the paths at each of them.
    for level in 0..<40 {
      try manager.createDirectory(atPath: photos.path + "/b/\(level)", withIntermediateDirectories: false)
      for name in ["x", "y"] { try link(photos, "b/\(level)/\(name)", to: "../\(level + 1)") }
    }
    try manager.removeItem(atPath: photos.path + "/b/39/x")
    try manager.removeItem(atPath: photos.path + "/b/39/y")
    #expect(
      try paths(photos, photos.read())
        == ["a/0.png", "a/1.png", "a/below/3.png", "a/plain/4.png", "b/0.png", "b/other/4.png"])
  }

  @Test func namesAFileWhoseNameIsNotUTF8() throws {
    let photos = try PhotoFolder(["a": 1, "b": 1])
    let file = nonUTF8("\(photos.path)/a/caf").withUnsafeBufferPointer {
      $0.baseAddress.map { open($0, O_CREAT, 0o644) }
    }
    close(try #require(file))
    let error = #expect(throws: ImageError.self) { try photos.read() }
    #expect(error?.path == photos.path + "/a/caf\\xE9" && error?.found == "a name that is not UTF-8")
    let folder = try photos.read(unreadable: .skipping)
    #expect(folder.skipped.map(\.path) == [photos.path + "/a/caf\\xE9"] && folder.counts == [1, 1])
  }

  @Test func refusesAClassWhoseNameIsNotUTF8() throws {
    let photos = try PhotoFolder(["a": 1, "b": 1])
    let status = nonUTF8("\(photos.path)/caf").withUnsafeBufferPointer { $0.baseAddress.map { mkdir($0, 0o755) } }
    #expect(status == 0)
    #expect(
      throws: DatasetError.unreadableFolder(path: photos.path + "/caf\\xE9", found: "a name that is not UTF-8")
    ) { try photos.read(unreadable: .skipping) }
  }

  @Test func doesNotWaitForAPipe() throws {
    let photos = try PhotoFolder(["a": 1, "b": 1])
    try #require(mkfifo(photos.path + "/a/pipe.jpg", 0o644) == 0)
    let folder = try photos.read(unreadable: .skipping)
    #expect(folder.skipped.map(\.path) == [photos.path + "/a/pipe.jpg"])
  }
}
