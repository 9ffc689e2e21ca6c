import Data
import Foundation
import Serialization
import Tensor
import TestSupport
import Testing

/// Photos of any source have everything that photos of a folder have.
@Suite struct PhotoSetTests {
  private let folder: PhotoFolder
  init() throws { folder = try PhotoFolder(["cat": 3, "dog": 2, "emu": 2]) }

  private var names: [String] {
    ["cat/0.png", "cat/1.png", "cat/2.png", "dog/0.png", "dog/1.png", "emu/0.png", "emu/1.png"]
  }

  /// A table of the photos with a class, several classes and a number.
  private func table(_ extra: String = "") throws -> CSVTable {
    let rows = names.enumerated().map { index, name in
      "\(name),\(name.prefix(3)),\(index % 2 == 0 ? "even|" : "")\(name.prefix(3)),\(index * 10)"
    }
    try folder.add("photos.csv", ("file,kind,tags,price\n" + rows.joined(separator: "\n") + "\n" + extra).utf8)
    return try CSVTable(contentsOf: folder.path + "/photos.csv")
  }

  /// Bytes of files that are fetched one by one, as from a database.
  private struct Catalogue: ExampleSource {
    let files: [[UInt8]]
    let kinds: [String]
    var count: Int { kinds.count }
    func item(at index: Int) throws -> Photo { .data(files[index], name: "product \(index)") }
    func target(at index: Int) throws -> String { kinds[index] }
  }

  private func catalogue() throws -> Catalogue {
    Catalogue(
      files: try names.map { try readFile(folder.path + "/" + $0, limit: 1 << 20) },
      kinds: names.map { String($0.prefix(3)) })
  }

  @Test func areThoseOfTheFolder() throws {
    let expected = try folder.read().images
    let all = Array(0..<expected.count)
    let cache = try TemporaryFolder()
    for storage in [PhotoStorage.memory, .streamed, .cache(path: cache.path("photos"))] {
      let sets = try [
        PhotoSet(table().photos(path: "file", label: "kind"), imageSize: 4, resize: .bilinear, storage: storage),
        PhotoSet(catalogue(), imageSize: 4, resize: .bilinear, storage: storage),
      ]
      for photos in sets.map(\.images) {
        #expect(photos.classes == ["cat", "dog", "emu"] && photos.counts == [3, 2, 2])
        let (batch, other) = try (photos.batch(all), expected.batch(all))
        #expect(batch.inputs == other.inputs && batch.targets == other.targets)
        #expect(try photos.checksum() == expected.checksum())
        let (parts, others) = try (photos.split(testShare: 0.4, seed: 3), expected.split(testShare: 0.4, seed: 3))
        #expect(parts.test.labels == others.test.labels)
        #expect(try photos.classWeights == expected.classWeights)
      }
    }
  }

  @Test func haveSeveralClassesOrNumbers() throws {
    let tags = try PhotoSet(table().photos(path: "file", labels: "tags", separator: "|"), imageSize: 4).images
    #expect(tags.targetMeaning == .severalClasses(names: ["cat", "dog", "emu", "even"]))
    #expect(tags.counts == [3, 2, 2, 4] && tags.classLabels == nil)
    #expect(try tags.batch([0, 1]).targets == Tensor(shape: [2, 4], scalars: [1, 0, 0, 1, 1, 0, 0, 0]))
    #expect(tags.target(at: 2) == ["cat", "even"])
    #expect(throws: TargetValueError.self) { try tags.split(stratify: true) }
    let error = #expect(throws: TargetValueError.self) { try tags.classWeights }
    #expect(
      error?.description == "class weights: the targets are any of 4 classes, expected one class for "
        + "each example")
    #expect(throws: TargetValueError.self) { try tags.balanced() }
    let price = try PhotoSet(table().photos(path: "file", number: "price"), imageSize: 4).images
    #expect(price.targetMeaning == .numbers(names: ["price"], scaling: nil))
    #expect(try price.batch([6, 1]).targets == Tensor(shape: [2, 1], scalars: [60, 10]))
    // Other numbers are other data.
    let checksums = try [price, price.selecting([0, 1]), tags].map { try $0.checksum() }
    #expect(Set(checksums).count == 3)
    let unknown = try PhotoSet(table().photos(path: "file"), imageSize: 4).images
    #expect(unknown.targetMeaning == .unknown && unknown.count == 7)
  }

  @Test func standardizeNumbersByTheTrainingPart() throws {
    let (train, test) = try PhotoSet(table().photos(path: "file", number: "price"), imageSize: 4).split(seed: 1)
    let scaling = try #require(train.targetScaling)
    let (scaledTrain, scaledTest) = try (
      train.standardizingTargets(by: scaling), test.standardizingTargets(by: scaling)
    )
    let targets = try scaledTrain.batch(Array(0..<train.count)).targets
    #expect(abs(targets.mean().scalar) < 1e-6 && abs((targets * targets).mean().scalar - 1) < 1e-5)
    #expect(scaledTest.target(at: 0) == test.target(at: 0))
    #expect(scaledTest.targetMeaning == scaledTrain.targetMeaning && scaledTest.targetMeaning != test.targetMeaning)
    #expect(throws: TargetValueError.self) { try scaledTest.standardizingTargets(by: scaling) }
  }

  @Test func reportWhatCannotBeRead() throws {
    try folder.add("bad.png", "no picture".utf8)
    let source = try table("bad.png,cat,cat,1\nnone.png,dog,dog,2\n").photos(path: "file", label: "kind")
    #expect(throws: ImageError.self) { try PhotoSet(source, imageSize: 4) }
    let set = try PhotoSet(source, imageSize: 4, unreadable: .skipping)
    #expect(set.images.count == 7 && set.skipped.map(\.path) == [folder.path + "/bad.png", folder.path + "/none.png"])
    #expect(throws: DatasetError.noPhotos(count: 1)) {
      try PhotoSet(source.selecting([7]).mapTargets { [$0] }, imageSize: 4, unreadable: .skipping)
    }
    struct Broken: ExampleSource {
      struct Offline: Error {}
      var count: Int { 2 }
      func item(at index: Int) throws -> Photo { throw Offline() }
      func target(at index: Int) throws -> Float { Float(index) }
    }
    let error = #expect(throws: ImageError.self) { try PhotoSet(Broken(), imageSize: 4) }
    #expect(error?.description == "example 0: found no photo (Offline()), expected a photo from the source")
  }

  /// The system ends a path at a byte 0, and would read another file.
  @Test(arguments: [PhotoStorage.memory, .streamed])
  func refuseAByte0InAPath(storage: PhotoStorage) throws {
    let path = folder.path + "/cat/0.png"
    let source = try Examples([.file(path), Photo.file(path + "\0.png")], ["cat", "dog"])
    let error = #expect(throws: ImageError.self) {
      try PhotoSet(source, imageSize: 4, storage: storage).images.batch([0, 1])
    }
    #expect(error?.found == "a byte 0 in the path")
    let photos = try PhotoSet(source, imageSize: 4, storage: .streamed).images
    #expect(throws: (any Error).self) { try photos.duplicates() }
  }

  /// A class of which nothing could be read would be an output that is never seen.
  @Test func haveAPhotoOfEachClass() throws {
    let source = try table("none.png,yak,yak|even,1\n").photos(path: "file", label: "kind")
    #expect(throws: DatasetError.unreadableClass("yak")) { try PhotoSet(source, imageSize: 4, unreadable: .skipping) }
    let tags = try table("none.png,yak,yak|even,1\n").photos(path: "file", labels: "tags", separator: "|")
    #expect(throws: DatasetError.unreadableClass("yak")) { try PhotoSet(tags, imageSize: 4, unreadable: .skipping) }
    // Of classes that are given, some may have no photos at all.
    let given = try table("none.png,yak,yak,1\n").photos(
      path: "file", label: "kind", classes: ["cat", "dog", "emu", "yak", "zebra"])
    #expect(try PhotoSet(given, imageSize: 4, unreadable: .skipping).images.counts == [3, 2, 2, 0, 0])
  }

  @Test func areCombined() throws {
    let source = try table().photos(path: "file", label: "kind")
    let cats = try source.filter { $0 == "cat" }
    #expect(cats.count == 3)
    let twice = try cats.followed(by: source.selecting([3]))
    #expect(try (0..<4).map { try twice.target(at: $0) } == ["cat", "cat", "cat", "dog"])
    #expect(try twice.item(at: 3) == source.item(at: 3))
    let renamed = source.mapTargets(targetNames: ["pet", "bird"]) { $0 == "emu" ? "bird" : "pet" }
    #expect(try PhotoSet(renamed, imageSize: 4).images.counts == [5, 2])
    #expect(throws: DatasetError.self) { try renamed.followed(by: renamed.mapTargets(targetNames: ["a", "b"]) { $0 }) }
    // Hints, and the lines of targets that cannot be used, are not lost on the way.
    let hinted = try table().photos(path: "file", labels: "tags", separator: ";")
    #expect(hinted.hints.count == 1 && hinted.selecting([0]).hints == hinted.hints)
    #expect(try hinted.mapItems { $0 }.followed(by: hinted).hints == hinted.hints + hinted.hints)
    let known = try table().photos(path: "file", label: "kind", classes: ["cat", "dog"])
    for error in [
      #expect(throws: (any Error).self) { try known.mapItems { $0 }.targets() },
      #expect(throws: (any Error).self) { try known.selecting([0, 3]).followed(by: known.selecting([5])).targets() },
    ] {
      let place = folder.path + "/photos.csv, line 7"
      #expect(error.map { "\($0)" } == place + ": found the class \"emu\", expected one of cat, dog")
    }
    // Copies of a photo are found in any source.
    #expect(
      try PhotoSet(source.selecting([0, 1, 0]).mapTargets { [$0] }, imageSize: 4).images.duplicates() == [[0, 2]])
    let both = try catalogue().selecting([0, 1, 0, 4])
    #expect(try PhotoSet(both, imageSize: 4).images.duplicates() == [[0, 2]])
  }
}
