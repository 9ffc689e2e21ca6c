import Data
import Foundation
import Tensor
import TestSupport
import Testing

@Suite struct ImageFolderTests {
  @Test func readsClassesAndFilesInOrder() throws {
    let photos = try PhotoFolder(["b": 2, "Z": 3, "10": 1, "é x": 2])
    try photos.add(".hidden", [])
    try photos.add("note.txt", "beside the classes".utf8)
    try photos.add("b/.DS_Store", [1, 2, 3])
    let folder = try photos.read()
    #expect(folder.classes == ["10", "Z", "b", "é x"])
    #expect(folder.counts == [1, 3, 2, 2])
    #expect(folder.skipped.isEmpty)
    #expect(folder.images.labels == [0, 1, 1, 1, 2, 2, 3, 3])
    #expect(folder.images.paths[1] == photos.path + "/Z/0.png")
    #expect(folder.images.paths[7] == photos.path + "/é x/1.png")
    let batch = try folder.images.batch([0, 3, 4])
    #expect(batch.inputs.shape == [3, 3, 4, 4])
    #expect(batch.inputs.scalars[0] == Float(40) * (1 / 255) && batch.inputs.scalars[48] == Float(22) * (1 / 255))
    #expect(batch.targets == Tensor(shape: [3, 4], scalars: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]))
  }

  /// As a model knows them: in any order, and more than the folder has.
  @Test func classesMayBeGiven() throws {
    let photos = try PhotoFolder(["a": 2, "b": 1])
    func read(_ classes: [String]) throws -> ImageFolder {
      try ImageFolder(photos.path, preprocessing: Preprocessing(imageSize: 4), classes: classes)
    }
    let folder = try read(["c", "b", "a"])
    #expect(folder.classes == ["c", "b", "a"] && folder.counts == [0, 1, 2])
    #expect(folder.images.labels == [2, 2, 1])
    #expect(throws: DatasetError.unknownClasses(path: photos.path, found: ["b"], known: ["c", "a"])) {
      try read(["c", "a"])
    }
    try photos.add("c/0.txt", "no photo".utf8)
    #expect(throws: DatasetError.emptyClass(path: photos.path + "/c", skipped: 1)) {
      try ImageFolder(
        photos.path, preprocessing: Preprocessing(imageSize: 4), classes: ["c", "b", "a"], unreadable: .skipping)
    }
  }

  @Test func followsSymbolicLinks() throws {
    let photos = try PhotoFolder(["a": 2, "b": 1])
    let other = try PhotoFolder(["elsewhere": 3])
    let manager = FileManager.default
    try manager.createSymbolicLink(atPath: photos.path + "/c", withDestinationPath: other.path + "/elsewhere")
    try manager.createSymbolicLink(atPath: photos.path + "/b/link.jpg", withDestinationPath: photos.path + "/a/1.png")
    let folder = try photos.read()
    #expect(folder.classes == ["a", "b", "c"])
    #expect(folder.counts == [2, 2, 3])

    try manager.createSymbolicLink(atPath: photos.path + "/b/broken", withDestinationPath: "nowhere")
    let error = #expect(throws: ImageError.self) { try photos.read() }
    #expect(error?.path == photos.path + "/b/broken")
  }

  @Test func throwsTheFirstUnreadableFileOrListsThemAll() throws {
    let photos = try PhotoFolder(["a": 3, "b": 3])
    try photos.add("a/1.5.jpg", "<html>".utf8)
    try photos.add("b/0.5.jpg", [])
    let jpeg = try Image(width: 64, height: 64, pixels: [UInt8](repeating: 9, count: 64 * 64 * 3)).jpeg()
    try photos.add("b/cut.jpg", jpeg.prefix(jpeg.count - 40))
    let error = #expect(throws: ImageError.self) { try photos.read() }
    #expect(
      error?.description
        == "\(photos.path)/a/1.5.jpg: found HTML text, expected a JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF, HEIC or JPEG XL image"
    )

    let folder = try photos.read(unreadable: .skipping)
    #expect(
      folder.skipped.map(\.path) == ["a/1.5.jpg", "b/0.5.jpg", "b/cut.jpg"].map { photos.path + "/" + $0 })
    #expect(folder.skipped[1].found == "zero bytes")
    #expect(folder.skipped[2].found.hasPrefix("a damaged JPEG: "))
    #expect(folder.counts == [3, 3])
    #expect(try folder.images.batch([5]).inputs.scalars[0] == Float(22) * (1 / 255))
  }

  @Test func refusesFoldersThatHoldNoClasses() throws {
    let empty = try TemporaryFolder()
    let missing = empty.path("missing")
    #expect(throws: DatasetError.unreadableFolder(path: missing, found: "no such file or directory")) {
      try ImageFolder(missing, imageSize: 4)
    }
    #expect(throws: DatasetError.tooFewClasses(path: empty.url.path, classes: [])) {
      try ImageFolder(empty.url.path, imageSize: 4)
    }
    let one = try PhotoFolder(["a": 3])
    #expect(throws: DatasetError.tooFewClasses(path: one.path, classes: ["a"])) {
      try one.read()
    }
    #expect(throws: DatasetError.unreadableFolder(path: one.path + "/a/0.png", found: "a file")) {
      try ImageFolder(one.path + "/a/0.png", imageSize: 4)
    }
  }

  @Test func refusesAClassWithoutPhotos() throws {
    let photos = try PhotoFolder(["a": 3, "b": 0])
    let path = photos.path + "/b"
    #expect(throws: DatasetError.emptyClass(path: path, skipped: 0)) { try photos.read() }
    try photos.add("b/note.txt", "no photo".utf8)
    #expect(throws: DatasetError.emptyClass(path: path, skipped: 1)) {
      try photos.read(unreadable: .skipping)
    }
  }

  @Test func splitsAsScikitLearnAndSharesBytes() throws {
    let folder = try PhotoFolder(["a": 6, "b": 4]).read()
    let (train, test) = try folder.split(testShare: 0.2, seed: 42)
    #expect(test.paths == [8, 1].map { folder.images.paths[$0] })
    #expect(train.count == 8 && train.classes == ["a", "b"])
    #expect(try test.batch([0]).inputs == folder.images.batch([8]).inputs)
    let stratified = try folder.split(testShare: 0.5, seed: 1, stratify: true)
    #expect(stratified.test.counts == [3, 2] && stratified.train.counts == [3, 2])
  }

  @Test func namesTheClassesThatAPartMisses() throws {
    let images = try PhotoFolder(["a": 3, "b": 1, "c": 2]).read().images
    #expect(images.missingClasses.isEmpty)
    #expect(images.selecting([0, 1, 4]).missingClasses == ["b"])
    #expect(images.selecting([]).missingClasses == ["a", "b", "c"])
  }

  @Test func refusesToStratifyAClassOfOnePhoto() throws {
    let folder = try PhotoFolder(["a": 6, "b": 1]).read()
    #expect(throws: SplitError.singleExample(classes: ["b"])) { try folder.split(testShare: 0.5, stratify: true) }
  }

  @Test func namesClassesOfASplitByFolder() throws {
    let folder = try PhotoFolder(["a": 2, "b": 2]).read(targets: .index)
    #expect(try folder.images.batch([0, 3]).targets == Tensor<Float>([0, 1]))
  }
}
