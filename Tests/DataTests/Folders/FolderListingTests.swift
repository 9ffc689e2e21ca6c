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

  @Test func leavesOutWhatSystemsAndProgramsLeaveBehind() throws {
    let photos = try PhotoFolder(["a": 1, "b": 1])
    let photo = try Image(width: 2, height: 2, pixels: [UInt8](repeating: 7, count: 12)).png()
    for name in [
      "a/.DS_Store", "a/Thumbs.db", "b/thumbs.DB", "b/desktop.ini", "a/ehthumbs.db", "a/Icon\r", "a/._0.png",
      "b/.nfs00000001", "a/1.png.part", "a/2.jpg.crdownload", "b/3.PNG.PART", "Thumbs.db",
    ] {
      try photos.add(name, "no photo".utf8)
    }
    for folder in [
      ".hidden", ".thumbnails", ".Trash-1000", ".Trashes", ".ipynb_checkpoints", ".@__thumb", ".AppleDouble", ".git",
      ".svn", ".fseventsd", ".Spotlight-V100", ".TemporaryItems", ".dropbox.cache", "__MACOSX", "@eaDir", "@EADIR",
      "lost+found", "$RECYCLE.BIN", "$Recycle.Bin", "System Volume Information", "#recycle", "@Recycle",
      "@Recently-Snapshot", "LOST.DIR", "FOUND.000", "found.012", "RECYCLER", "__pycache__", "Network Trash Folder",
      "#snapshot",
    ] {
      try photos.add("\(folder)/1.png", photo)
      try photos.add("a/\(folder)/1.png", photo)
      try photos.add("b/deep/\(folder)/c/1.png", photo)
    }
    for name in ["Entries", "Repository", "1.png"] { try photos.add("a/CVS/\(name)", photo) }
    #expect(try paths(photos, photos.read()) == ["a/0.png", "b/0.png"])
    #expect(try FolderInspection(photos.path).photos.count == 2)
  }

  /// Names that only look like what systems leave behind are classes and photos.
  @Test func keepsClassesWithSimilarNames() throws {
    let names = ["CVS", "found.item", "lost", "party.part", "recycled", "recycler", "thumbs", "trash"]
    let photos = try PhotoFolder(["a": 1])
    for name in names { try photos.add("\(name)/0.png", Image(width: 1, height: 1, pixels: [1, 2, 3]).png()) }
    try photos.add("a/depart", Image(width: 1, height: 1, pixels: [1, 2, 3]).png())
    let folder = try photos.read()
    #expect(folder.classes == (["a"] + names).sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
    #expect(folder.counts.reduce(0, +) == 10)
  }

  @Test func refusesTheResultsOfATrainingInTheData() throws {
    for files in [
      ["run/model.keras"], ["run/history.csv", "run/curves.png"], ["run/checkpoints/step-000000138.safetensors"],
      ["checkpoints/step-000000138-best.safetensors"], ["a/run/model.keras"],
    ] {
      let photos = try PhotoFolder(["a": 1, "b": 1])
      for file in files { try photos.add(file, "of a training".utf8) }
      let error = #expect(throws: DatasetError.self) { try photos.read(unreadable: .skipping) }
      #expect(error.map { "\($0)" }?.contains("found the results of a training") == true, "\(files)")
      #expect(throws: DatasetError.self) { try FolderInspection(photos.path) }
    }
    let photos = try PhotoFolder(["a": 1, "b": 1])
    for name in ["history.csv", "step-1.safetensors", "curves.png.txt"] { try photos.add("a/\(name)", "text".utf8) }
    #expect(try photos.read(unreadable: .skipping).skipped.count == 3)
  }

  @Test func hintsAtAFolderOneLevelTooHigh() throws {
    let photo = try Image(width: 1, height: 1, pixels: [1, 2, 3]).png()
    func folder(_ names: [String]) throws -> PhotoFolder {
      let photos = try PhotoFolder([:])
      for name in names { try photos.add(name + "/0.png", photo) }
      return photos
    }
    let split = try folder(["train/cat", "train/dog", "val/cat", "val/dog"])
    let hints = try split.read().hints
    #expect(hints.count == 1 && hints[0].contains("train, val are named as the parts of a split data set"))
    #expect(hints[0].hasSuffix("read \(split.path)/train"))
    #expect(try FolderInspection(split.path).hints == hints)
    #expect(try folder(["Training", "Test"]).read().hints.count == 1)

    let nested = try folder(["2023/cat", "2023/dog", "2024/cat", "2024/dog"])
    #expect(try nested.read().hints.first?.contains("(cat, dog, cat, dog)") == true)

    for names in [["cat", "dog"], ["train", "bus"], ["cat/a", "cat/b", "dog"], ["cat/a", "dog/a"]] {
      #expect(try folder(names).read().hints.isEmpty, "\(names)")
    }

    let above = try folder(["images/cat", "images/dog"])
    let error = #expect(throws: DatasetError.self) { try above.read() }
    #expect(error == .oneFolderAbove(path: above.path, folder: above.path + "/images", classes: ["cat", "dog"]))
    #expect(error.map { "\($0)" }?.hasSuffix("read \(above.path)/images") == true)
  }

  @Test
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
