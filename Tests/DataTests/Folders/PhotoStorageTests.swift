import Data
import Foundation
import Serialization
import TestSupport
import Testing

@Suite struct PhotoStorageTests {
  private let elsewhere: TemporaryFolder
  private var cache: String { elsewhere.path("photos.cache") }

  init() throws {
    elsewhere = try TemporaryFolder()
  }

  /// The number of the cache in the file system; one that is written anew has another.
  private func number() throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: cache)[.systemFileNumber] as? Int
  }

  /// Reads a folder through the cache, and tells whether the cache was written anew.
  private func read(
    _ photos: PhotoFolder, _ size: ImageSize = 4, _ colours: ColourOrder = .rgb
  ) throws -> (folder: ImageFolder, isNew: Bool) {
    let before = try? number()
    // Keeps the number of the old file in use.
    let old = FileHandle(forReadingAtPath: cache)
    defer { try? old?.close() }
    let folder = try photos.read(imageSize: size, colours: colours, storage: .cache(path: cache))
    return (folder, try number() != before)
  }

  @Test func givesTheSameBitsFromEverywhere() throws {
    let photos = try PhotoFolder(["a": 7, "b": 5])
    defer { extendLifetime(photos) }
    try photos.add("a/bad.jpg", "no photo".utf8)
    let source = try Image(contentsOfFile: fixture("resize-source.png"))
    try photos.add("b/real.png", source.png())
    let places: [PhotoStorage] = [
      .memory, .streamed, .cache(path: cache), .cache(path: cache), .automatic(budget: 0), .automatic,
    ]
    let folders = try places.map { try photos.read(imageSize: 9, unreadable: .skipping, storage: $0) }
    let expected = try folders[0].images.batch([12, 3, 3, 0])
    let image = try folders[0].images.image(at: 12)
    #expect(image == source.resized(to: 9, .bilinear))
    for (place, folder) in zip(places, folders) {
      #expect(folder.skipped == folders[0].skipped && folder.skipped.count == 1, "\(place)")
      let batch = try folder.images.batch([12, 3, 3, 0])
      #expect(batch.inputs == expected.inputs && batch.targets == expected.targets, "\(place)")
      #expect(try folder.images.image(at: 12) == image, "\(place)")
      let loader = try BatchLoader(folder.images, batchSize: 5, seed: 3, augmentation: .standard)
      let changed = try loader.batches(epoch: 1).next()?.inputs
      #expect(
        try changed
          == BatchLoader(folders[0].images, batchSize: 5, seed: 3, augmentation: .standard)
          .batches(epoch: 1).next()?.inputs)
    }
  }

  @Test func throwsAtAnUnreadablePhotoWhereverItWaits() throws {
    let photos = try PhotoFolder(["a": 3, "b": 3])
    defer { extendLifetime(photos) }
    try photos.add("a/bad.jpg", "no photo".utf8)
    for storage in [PhotoStorage.memory, .cache(path: cache)] {
      let error = #expect(throws: ImageError.self) { try photos.read(storage: storage) }
      #expect(error?.path == photos.path + "/a/bad.jpg")
    }
    #expect(try elsewhere.entries().isEmpty)

    // A stream meets it when it gets there.
    let streamed = try photos.read(storage: .streamed)
    #expect(try streamed.images.batch([0, 1]).count == 2)
    let stream = try BatchLoader(streamed.images, batchSize: 2, shuffle: false).batches(epoch: 0)
    #expect(try stream.next() != nil)
    let error = #expect(throws: ImageError.self) { while try stream.next() != nil {} }
    #expect(error?.path == photos.path + "/a/bad.jpg")

    // A cache made while skipping knows what to throw.
    _ = try photos.read(unreadable: .skipping, storage: .cache(path: cache))
    let cached = #expect(throws: ImageError.self) { try photos.read(storage: .cache(path: cache)) }
    #expect(cached?.path == photos.path + "/a/bad.jpg" && cached?.found == "text")
  }

  @Test func writesTheCacheAnewWhenTheSourcesChange() throws {
    let photos = try PhotoFolder(["a": 3, "b": 3])
    defer { extendLifetime(photos) }
    #expect(try read(photos).isNew)
    #expect(try elsewhere.entries() == ["photos.cache"])
    #expect(try !read(photos).isNew)
    #expect(try read(photos, 5).isNew)
    #expect(try read(photos, 5, .bgr).isNew)
    #expect(try read(photos).isNew)

    let other = try Image(width: 6, height: 5, pixels: [UInt8](repeating: 200, count: 90)).png()
    try photos.add("a/1.png", other)
    let replaced = try read(photos)
    #expect(try replaced.isNew && replaced.folder.images.batch([1]).inputs.scalars[0] == Float(200) * (1 / 255))
    try photos.add("b/9.png", other)
    let added = try read(photos)
    #expect(added.isNew && added.folder.counts == [3, 4])
    try FileManager.default.moveItem(atPath: photos.path + "/b/9.png", toPath: photos.path + "/a/9.png")
    let moved = try read(photos)
    #expect(moved.isNew && moved.folder.counts == [4, 3])
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: photos.path + "/a/0.png")
    #expect(try read(photos).isNew)
    #expect(try !read(photos).isNew)
  }

  /// Two BMPs of one size and time change places: neither their names nor what programs can set tells that.
  @Test func noticesThatFilesOfOneSizeAndTimeChangePlaces() throws {
    let photos = try PhotoFolder(["a": 1, "b": 1])
    let (first, second) = (photos.path + "/a/x.bmp", photos.path + "/b/x.bmp")
    for (name, source) in [("a/x.bmp", "rgb.bmp"), ("b/x.bmp", "top-down.bmp")] {
      try photos.add(name, Foundation.Data(contentsOf: URL(filePath: fixture("formats/" + source))))
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: photos.path + "/" + name)
    }
    #expect(try read(photos).isNew)
    #expect(try !read(photos).isNew)
    try FileManager.default.moveItem(atPath: first, toPath: photos.path + "/x")
    try FileManager.default.moveItem(atPath: second, toPath: first)
    try FileManager.default.moveItem(atPath: photos.path + "/x", toPath: second)
    let swapped = try read(photos)
    #expect(try swapped.isNew && swapped.folder.images.batch([1]).inputs == photos.read().images.batch([1]).inputs)
  }

  @Test func aFolderThatIsMovedAsAWholeKeepsItsCache() throws {
    let photos = try PhotoFolder(["a": 3, "b": 3])
    func isNew(_ path: String) throws -> Bool {
      let before = try? number()
      let old = FileHandle(forReadingAtPath: cache)
      defer { try? old?.close() }
      _ = try ImageFolder(path, imageSize: 4, storage: .cache(path: cache))
      return try number() != before
    }
    #expect(try isNew(photos.path))
    try FileManager.default.moveItem(atPath: photos.path, toPath: elsewhere.path("moved"))
    #expect(try !isNew(elsewhere.path("moved")))
    try FileManager.default.moveItem(atPath: elsewhere.path("moved"), toPath: photos.path)
  }

  /// The index of a cache names the decoders of its photos. A cache of other ones is written anew.
  @Test func writesTheCacheAnewWhenADecoderChanges() throws {
    let photos = try PhotoFolder(["a": 2, "b": 2])
    try photos.add("a/2.bmp", Foundation.Data(contentsOf: URL(filePath: fixture("formats/rgb.bmp"))))
    #expect(try read(photos).isNew)
    let whole = try [UInt8](Foundation.Data(contentsOf: URL(filePath: cache)))
    let trailer = whole.count - 24
    let length = whole[(trailer + 8)..<(trailer + 16)].reversed().reduce(0) { $0 << 8 | Int($1) }
    let text = String(decoding: whole[(trailer - length)..<trailer], as: UTF8.self)
    let names = ["bmp", "png"]
    #expect(names.allSatisfy { text.contains("\"\($0)\":\"1, ") } && !text.contains("\"tiff\":"))
    for name in names {
      let index = Array(text.replacing("\"\(name)\":\"1, ", with: "\"\(name)\":\"0, ").utf8)
      let checksum = index.withUnsafeBytes { xxh64($0) }
      let bytes = whole[..<(trailer - length)] + index + whole[trailer..<(trailer + 16)]
      let changed = bytes + (0..<8).map { UInt8(truncatingIfNeeded: checksum >> (8 * UInt64($0))) }
      try Foundation.Data(changed).write(to: URL(filePath: cache))
      #expect(try read(photos).isNew, "\(name)")
      #expect(try !read(photos).isNew)
    }
  }

  @Test func survivesADamagedCache() throws {
    let photos = try PhotoFolder(["a": 3, "b": 3])
    defer { extendLifetime(photos) }
    let all = Array(0..<6)
    let expected = try read(photos).folder.images.batch(all).inputs
    let whole = try Foundation.Data(contentsOf: URL(filePath: cache))
    for length in [0, 8, 23, 24, 100, whole.count - 1] {
      try whole.prefix(length).write(to: URL(filePath: cache))
      let (folder, isNew) = try read(photos)
      #expect(try isNew && folder.images.batch(all).inputs == expected, "\(length)")
    }
    // Bytes of the index or the trailer: the cache is written anew. Bytes of a photo: the photo itself is read.
    for place in stride(from: 7, to: whole.count, by: 7) {
      var spoiled = whole
      spoiled[place] ^= 0x10
      try spoiled.write(to: URL(filePath: cache))
      let (folder, isNew) = try read(photos)
      #expect(try isNew == !(8..<8 + 6 * 48).contains(place) && folder.images.batch(all).inputs == expected, "\(place)")
    }
  }

  @Test func replacesNothingButACache() throws {
    let photos = try PhotoFolder(["a": 3, "b": 3])
    defer { extendLifetime(photos) }
    let png = try Image(width: 2, height: 2, pixels: [UInt8](repeating: 7, count: 12)).png()
    for content in [Array("my notes".utf8), png, [UInt8](repeating: 0xFF, count: 5000), [1]] {
      try Foundation.Data(content).write(to: URL(filePath: cache))
      let error = #expect(throws: FileError.self) { try photos.read(storage: .cache(path: cache)) }
      #expect(error.map { "\($0)" }?.contains("only a cache of photos may be replaced there") == true)
      #expect(try Array(Foundation.Data(contentsOf: URL(filePath: cache))) == content)
    }
    // A cache of an earlier version has its signature at the end alone.
    var earlier = [UInt8](repeating: 9, count: 100) + Array("KILIMPH1".utf8)
    earlier += [UInt8](repeating: 0, count: 16)
    try Foundation.Data(earlier).write(to: URL(filePath: cache))
    #expect(try read(photos).isNew)
  }

  /// What could be decoded is used, and listed; what holds no picture is left out, and listed.
  @Test func acceptsDamagedPhotosWhereverTheyWait() throws {
    let photos = try PhotoFolder(["a": 2, "b": 2])
    defer { extendLifetime(photos) }
    let whole = try Image(width: 64, height: 64, pixels: [UInt8](repeating: 9, count: 64 * 64 * 3)).jpeg()
    try photos.add("a/half.jpg", whole.prefix(whole.count - 40))
    try photos.add("b/page.jpg", "no photo".utf8)
    let places: [PhotoStorage] = [.memory, .streamed, .cache(path: cache), .cache(path: cache)]
    for place in places {
      let folder = try photos.read(unreadable: .accepting, storage: place)
      #expect(folder.damaged.map(\.path) == [photos.path + "/a/half.jpg"], "\(place)")
      #expect(folder.damaged.allSatisfy { $0.found.hasPrefix("a damaged JPEG") })
      #expect(folder.skipped.map(\.path) == [photos.path + "/b/page.jpg"], "\(place)")
      #expect(folder.counts == [3, 2])
      #expect(try folder.images.batch([2]).inputs.scalars[0] == Float(9) * (1 / 255), "\(place)")
    }
    // A cache of photos some of which are damaged does for nobody else.
    let skipping = try photos.read(unreadable: .skipping, storage: .cache(path: cache))
    #expect(skipping.damaged.isEmpty && skipping.skipped.count == 2 && skipping.counts == [2, 2])
  }

  @Test func saysWhyACacheCannotBeWritten() throws {
    let photos = try PhotoFolder(["a": 1, "b": 1])
    defer { extendLifetime(photos) }
    let path = elsewhere.path("missing/photos.cache")
    let error = #expect(throws: (any Error).self) { try photos.read(storage: .cache(path: path)) }
    #expect("\(try #require(error))".contains(path))
  }
}
