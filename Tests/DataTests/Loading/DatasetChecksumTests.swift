import Data
import Foundation
import Tensor
import TestSupport
import Testing

/// A checksum tells data sets apart, and is the same for the same examples.
@Suite struct DatasetChecksumTests {
  @Test func ofTensors() throws {
    func checksum(_ inputs: [Float], _ targets: [Float]) throws -> UInt64 {
      try TensorDataset(inputs: Tensor(inputs), targets: Tensor(targets)).checksum()
    }
    let original = try checksum([1, 2, 3], [0, 1, 0])
    #expect(try checksum([1, 2, 3], [0, 1, 0]) == original)
    #expect(try checksum([1, 2, Float(3).nextUp], [0, 1, 0]) != original)
    #expect(try checksum([1, 2, 3], [0, 1, 1]) != original)
    #expect(try checksum([2, 1, 3], [1, 0, 0]) != original)
    #expect(try checksum([1, 2], [0, 1]) != original)
  }

  @Test func ofPhotos() throws {
    let folder = try TemporaryFolder()
    for (number, name) in ["cat/a.png", "cat/b.png", "dog/c.png"].enumerated() {
      let url = folder.url.appending(path: name)
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      let pixels = (0..<12 * 12 * 3).map { UInt8(($0 * 7 + number * 13) % 256) }
      try Foundation.Data(Image(width: 12, height: 12, pixels: pixels).png()).write(to: url)
    }
    func images(_ storage: PhotoStorage) throws -> ImageDataset {
      try ImageFolder(folder.url.path, imageSize: 8, storage: storage).images
    }
    for storage in [PhotoStorage.memory, .streamed, .cache(path: folder.path("cache"))] {
      let all = try images(storage)
      let original = try all.checksum()
      #expect(try images(storage).checksum() == original)
      #expect(try all.selecting([0, 1]).checksum() != original)
      #expect(try all.selecting([1, 0, 2]).checksum() != original)
    }
    #expect(try images(.memory).checksum() == images(.cache(path: folder.path("cache"))).checksum())

    let before = try [PhotoStorage.memory, .streamed].map { try images($0).checksum() }
    let changed = Image(width: 12, height: 12, pixels: [UInt8](repeating: 9, count: 12 * 12 * 3))
    try Foundation.Data(changed.png()).write(to: folder.url.appending(path: "dog/c.png"))
    for (storage, before) in zip([PhotoStorage.memory, .streamed], before) {
      #expect(try images(storage).checksum() != before)
    }
  }
}
