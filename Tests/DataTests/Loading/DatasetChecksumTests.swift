import Data
import Foundation
import Serialization
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

  /// The keys of JPEG and PNG files stay what they were, so that stored features stay valid. A format whose decoder gives other
  /// pixels than before has other keys.
  @Test func keysOfPhotosChangeWithTheirDecoders() throws {
    let names = ["baseline.jpg", "rgba.png", "lossy.webp", "still.gif", "formats/rgb.bmp", "formats/plain.tif"]
    let files = try names.map { try readFile(fixture($0), limit: 1 << 20) }
    let photos = zip(names, files).map { Photo.data($1, name: $0) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    for storage in [PhotoStorage.memory, .streamed] {
      let source = try Examples(photos, names.indices.map { Float($0) })
      let images = try PhotoSet(source, imageSize: 8, storage: storage).images
      let seed = try Array(encoder.encode(images.preprocessing)).withUnsafeBytes { xxh64($0) }
      let before = files.map { bytes in
        withUnsafeBytes(of: bytes.withUnsafeBytes { xxh64($0) }) { xxh64($0, seed: seed) }
      }
      let keys = try images.contentChecksums()
      #expect(keys.dropLast() == before.dropLast() && keys.last != before.last, "\(storage)")
    }
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
    let storages = [PhotoStorage.memory, .streamed, .cache(path: folder.path("cache"))]
    let original = try images(.memory).checksum()
    for storage in storages + storages {
      let all = try images(storage)
      #expect(try all.checksum() == original, "\(storage)")
      #expect(try all.selecting([0, 1]).checksum() != original)
      #expect(try all.selecting([1, 0, 2]).checksum() != original)
      #expect(try all.selecting([0, 1, 2, 2]).checksum() != original)
      let twice = try [PhotoStorage.memory, storage].map { try images($0).selecting([2, 2, 0]).checksum() }
      #expect(twice[0] == twice[1])
    }
    #expect(try ImageFolder(folder.url.path, imageSize: 9).images.checksum() != original)
    #expect(try ImageFolder(folder.url.path, imageSize: 8, colours: .bgr).images.checksum() != original)

    // That of the content alone depends on the photos and their classes, not on their order and preparation.
    let content = try images(.memory).checksumOfContent()
    for storage in storages { #expect(try images(storage).selecting([2, 0, 1]).checksumOfContent() == content) }
    #expect(try ImageFolder(folder.url.path, imageSize: 9, colours: .bgr).images.checksumOfContent() == content)
    #expect(try images(.memory).selecting([0, 1]).checksumOfContent() != content)

    // Neither the place nor the time of a file counts.
    let file = folder.url.appending(path: "dog/c.png")
    try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: file.path)
    let copy = try TemporaryFolder()
    for name in ["cat", "dog"] { try FileManager.default.copyItem(atPath: folder.path(name), toPath: copy.path(name)) }
    #expect(try ImageFolder(copy.url.path, imageSize: 8).images.checksum() == original)
    for storage in storages { #expect(try images(storage).checksum() == original) }

    // A class of another name, and another photo.
    try FileManager.default.moveItem(atPath: copy.path("dog"), toPath: copy.path("emu"))
    #expect(try ImageFolder(copy.url.path, imageSize: 8).images.checksum() != original)
    #expect(try ImageFolder(copy.url.path, imageSize: 8).images.checksumOfContent() != content)
    let changed = Image(width: 12, height: 12, pixels: [UInt8](repeating: 9, count: 12 * 12 * 3))
    try Foundation.Data(changed.png()).write(to: file)
    let after = try storages.map { try images($0).checksum() }
    #expect(after[0] != original && after[1] == after[0] && after[2] == after[0])
  }
}
