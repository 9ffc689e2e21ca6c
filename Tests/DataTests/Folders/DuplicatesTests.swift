import Data
import Foundation
import Testing

@Suite struct DuplicatesTests {
  /// Ten files: 0, 1, 2 and a copy of 0 in `a`; 0 and 1, a copy of `a/1`, a hard link and a symbolic link in `b`.
  private func photos() throws -> PhotoFolder {
    let photos = try PhotoFolder(["a": 3, "b": 2])
    let manager = FileManager.default
    func path(_ name: String) -> String { photos.path + "/" + name }
    try manager.copyItem(atPath: path("a/0.png"), toPath: path("a/copy.png"))
    try manager.copyItem(atPath: path("a/1.png"), toPath: path("b/copy of 1.jpg"))
    try manager.linkItem(atPath: path("b/0.png"), toPath: path("b/hard.png"))
    try manager.createSymbolicLink(atPath: path("b/soft.png"), withDestinationPath: path("b/0.png"))
    return photos
  }

  @Test func findsTheSameBytes() throws {
    let photos = try photos()
    defer { extendLifetime(photos) }
    for storage in [PhotoStorage.memory, .streamed] {
      let images = try photos.read(storage: storage).images
      #expect(
        images.paths.map { $0.split(separator: "/").suffix(2).joined(separator: "/") } == [
          "a/0.png", "a/1.png", "a/2.png", "a/copy.png", "b/0.png", "b/1.png", "b/copy of 1.jpg", "b/hard.png",
          "b/soft.png",
        ])
      #expect(try images.duplicates() == [[0, 3], [1, 6], [4, 7, 8]])
      #expect(try images.withoutDuplicates().paths == [0, 1, 2, 4, 5].map { images.paths[$0] })
    }
  }

  /// The same bytes in rows of another length are another picture.
  @Test func pixelsOfAnotherShapeAreNoCopies() throws {
    let pixels = (0..<10 * 20 * 3).map { UInt8($0 % 251) }
    let photos = [(10, 20), (20, 10), (10, 20)].enumerated().map { index, size in
      Photo.pixels(Image(width: size.0, height: size.1, pixels: pixels), name: "\(index)")
    }
    for storage in [PhotoStorage.memory, .streamed] {
      let images = try PhotoSet(Examples(photos, [1, 2, 3] as [Float]), imageSize: 4, storage: storage).images
      #expect(try images.duplicates() == [[0, 2]], "\(storage)")
      let keys = try images.contentChecksums()
      #expect(keys[0] == keys[2] && keys[0] != keys[1])
    }
  }

  @Test func namesAFileThatIsGone() throws {
    let photos = try photos()
    let images = try photos.read().images
    try FileManager.default.removeItem(atPath: photos.path + "/a/2.png")
    let error = #expect(throws: (any Error).self) { try images.duplicates() }
    #expect("\(try #require(error))".contains("a/2.png"))
  }

  private struct GroupSplit: Decodable {
    let groups: [Int]
    let seed: UInt32
    let train: [Int]
    let test: [Int]
  }

  /// `GroupShuffleSplit` gives the numbers in ascending order.
  @Test func splitsGroupsAsScikitLearn() throws {
    for expected in try readFixture("groups.json", as: [GroupSplit].self) {
      let photos = try PhotoFolder(["a": 0, "b": 1])
      defer { extendLifetime(photos) }
      for (number, group) in expected.groups.enumerated() {
        let pixels = [UInt8](repeating: UInt8(group), count: 12)
        let name = String(format: "a/%03d.png", number)
        try photos.add(name, Image(width: 2, height: 2, pixels: pixels).png())
      }
      // The photo of `b` is no member of the reference.
      let images = try photos.read().images.selecting(Array(expected.groups.indices))
      let parts = try images.split(testShare: 0.25, seed: expected.seed, keepingDuplicatesTogether: true)
      #expect(parts.train.paths.sorted() == expected.train.map { images.paths[$0] })
      #expect(parts.test.paths.sorted() == expected.test.map { images.paths[$0] })
    }
  }

  @Test func keepsCopiesOnOneSideOfAStratifiedSplit() throws {
    let photos = try photos()
    defer { extendLifetime(photos) }
    let images = try photos.read().images
    for seed in 0..<10 as Range<UInt32> {
      let (train, test) = try images.split(
        testShare: 0.4, seed: seed, stratify: true, keepingDuplicatesTogether: true)
      #expect(train.count + test.count == images.count)
      let sides = try [train, test].map {
        Set(try $0.withoutDuplicates().paths.map { try Data(contentsOf: URL(filePath: $0)) })
      }
      #expect(sides[0].isDisjoint(with: sides[1]))
    }
  }

  @Test func changesNothingWithoutDuplicates() throws {
    let photos = try PhotoFolder(["a": 9, "b": 6])
    defer { extendLifetime(photos) }
    let images = try photos.read().images
    let plain = try images.split(testShare: 0.3, seed: 5)
    let careful = try images.split(testShare: 0.3, seed: 5, keepingDuplicatesTogether: true)
    #expect(plain.train.paths == careful.train.paths && plain.test.paths == careful.test.paths)
  }
}
