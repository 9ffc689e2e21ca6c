import Data
import Foundation
import Serialization
import Tensor
import TestSupport
import Testing

/// Files of MNIST and CIFAR, as `make_file_fixtures.py` writes them.
@Suite struct ArrayFilesTests {
  struct Expected: Decodable {
    let images, labels, i1, i2, i4, f4, f8, mean, deviation, photo: [Float]
  }

  private let expected: Expected
  private let folder: TemporaryFolder

  init() throws {
    expected = try readFixture("files.json")
    folder = try TemporaryFolder()
  }

  private func write(_ bytes: [UInt8], _ name: String) throws -> String {
    try writeAtomically(bytes, to: folder.path(name), replacing: .anyFile)
    return folder.path(name)
  }

  @Test func arraysOfAllTypesAreThoseOfNumPy() throws {
    #expect(try Tensor(idxFile: fixture("images.idx3.gz")) == Tensor(shape: [6, 4, 3], scalars: expected.images))
    for (name, numbers) in [
      ("i1", expected.i1), ("i2", expected.i2), ("i4", expected.i4), ("f4", expected.f4), ("f8", expected.f8),
    ] {
      #expect(try Tensor(idxFile: fixture("\(name).idx")) == Tensor(shape: [2, 3], scalars: numbers), "\(name)")
    }
  }

  @Test func picturesHaveTheirClasses() throws {
    let data = try TensorDataset(idxImages: fixture("images.idx3.gz"), labels: fixture("labels.idx1"))
    #expect(data.inputShape == [1, 4, 3] && data.classes == ["0", "1", "2"] && data.count == 6)
    let batch = data.batch([1, 3])
    #expect(batch.targets.scalars == [1, 0, 0, 0, 0, 1])
    #expect(batch.inputs.scalars.prefix(12) == (expected.images[12..<24].map { $0 * (1 / 255) })[...])
    let named = try TensorDataset(
      idxImages: fixture("images.idx3.gz"), labels: fixture("labels.idx1"), classes: ["a", "b", "c"], targets: .index)
    #expect(named.classes == ["a", "b", "c"] && named.targets.scalars == expected.labels)
    let turned = try TensorDataset(
      idxImages: fixture("images.idx3.gz"), labels: fixture("labels.idx1"), transposed: true)
    #expect(turned.inputShape == [1, 3, 4] && turned.inputs == data.inputs.permuted([0, 1, 3, 2]))
    #expect(throws: TargetValueError.unknownNumber(example: 0, 2, count: 2)) {
      try TensorDataset(idxImages: fixture("images.idx3.gz"), labels: fixture("labels.idx1"), classes: ["a", "b"])
    }
    #expect(throws: ModelFileError.self) {
      try TensorDataset(idxImages: fixture("labels.idx1"), labels: fixture("labels.idx1"))
    }
    #expect(throws: DatasetError.notArrays(found: [2, 3], expected: "[6], the class of each of 6 pictures")) {
      try TensorDataset(idxImages: fixture("images.idx3.gz"), labels: fixture("i1.idx"))
    }
  }

  /// A file that is cut anywhere, or says anything else, is refused; none of them ends the process.
  @Test func damagedFilesAreRefused() throws {
    let packed = try readFile(fixture("images.idx3.gz"), limit: 1 << 20)
    let plain = try readFile(fixture("i4.idx"), limit: 1 << 20)
    for length in 0..<packed.count {
      let path = try write(Array(packed[..<length]), "cut.gz")
      #expect(throws: ModelFileError.self, "\(length) bytes") { try Tensor(idxFile: path) }
    }
    for length in 0..<plain.count {
      let path = try write(Array(plain[..<length]), "cut")
      #expect(throws: ModelFileError.self, "\(length) bytes") { try Tensor(idxFile: path) }
    }
    for place in 0..<12 {
      for value in [0, 1, 7, 127, 128, 255] as [UInt8] where plain[place] != value {
        var bytes = plain
        bytes[place] = value
        let path = try write(bytes, "changed")
        #expect(throws: (any Error).self, "byte \(place) is \(value)") { try Tensor(idxFile: path) }
      }
    }
    var wrong = packed
    wrong[packed.count - 8] ^= 1
    let path = try write(wrong, "checksum.gz")
    #expect(throws: ModelFileError.self) { try Tensor(idxFile: path) }
  }

  /// A small file that unpacks to a large one stops at the limit.
  @Test func bombsAreRefused() throws {
    let error = #expect(throws: ModelFileError.self) {
      try Tensor(idxFile: fixture("zeros.idx3.gz"), limit: 50_000)
    }
    #expect("\(try #require(error))".contains("gzip"), "\(error.map { "\($0)" } ?? "")")
    #expect(throws: FileError.self) { try Tensor(idxFile: fixture("images.idx3.gz"), limit: 20) }
    #expect(throws: FileError.self) { try Tensor(idxFile: folder.path("none")) }
    #expect(throws: FileError.self) { try Tensor(idxFile: folder.url.path) }
  }

  @Test func photosOfCIFARHaveAllThatPhotosHave() throws {
    let source = try CIFARPhotos(contentsOf: [fixture("cifar10.bin"), fixture("cifar10.bin")], kind: .cifar10)
    #expect(source.count == 6 && source.target(at: 3) == "cat" && source.target(at: 4) == "truck")
    for storage in [PhotoStorage.memory, .streamed, .cache(path: folder.path("cache"))] {
      let photos = try PhotoSet(source, imageSize: 32, storage: storage).images
      #expect(photos.classes == CIFARPhotos.Kind.cifar10.classes && photos.count == 6)
      let inputs = try photos.batch([1]).inputs.scalars
      #expect(zip(inputs, expected.photo).allSatisfy { abs($0 - $1 / 255) < 1e-6 })
      #expect(try photos.duplicates() == [[0, 3], [1, 4], [2, 5]])
      #expect(try PhotoSet(source, imageSize: 16, storage: storage).images.inputShape == [3, 16, 16])
    }
    let fine = try CIFARPhotos(contentsOf: [fixture("cifar100.bin")], kind: .cifar100)
    let coarse = try CIFARPhotos(contentsOf: [fixture("cifar100.bin")], kind: .cifar100Coarse)
    #expect(fine.target(at: 0) == "99" && coarse.target(at: 0) == "19")
    #expect(fine.item(at: 0) == .pixels(try source.pixels(at: 0), name: fixture("cifar100.bin") + ", photo 0"))

    #expect(throws: ModelFileError.self) { try CIFARPhotos(contentsOf: [fixture("cifar10.bin")], kind: .cifar100) }
    var bytes = try readFile(fixture("cifar10.bin"), limit: 1 << 20)
    bytes[3073] = 10
    let wrong = try write(bytes, "wrong.bin")
    let error = #expect(throws: ModelFileError.self) { try CIFARPhotos(contentsOf: [wrong], kind: .cifar10) }
    #expect("\(try #require(error))" == "\(wrong): photo 1: found the class 10, expected one below 10")
    let empty = try write([], "empty.bin")
    #expect(throws: ModelFileError.self) { try CIFARPhotos(contentsOf: [empty], kind: .cifar10) }
  }

  /// The mean and the deviation of the training part, as NumPy computes them, travel in the preprocessing.
  @Test(arguments: [ColourOrder.rgb, .bgr]) func statisticsOfChannelsAreThoseOfNumPy(colours: ColourOrder) throws {
    let source = try CIFARPhotos(contentsOf: [fixture("cifar10.bin")], kind: .cifar10)
    let photos = try PhotoSet(source, preprocessing: Preprocessing(imageSize: 32, colours: colours)).images
    let found = try photos.channelStatistics()
    // The sums are exact; what remains is the rounding to single precision.
    for (found, expected) in zip(found.mean + found.deviation, expected.mean + expected.deviation) {
      #expect(abs(found - expected) <= 1e-7, "\(found), NumPy has \(expected)")
    }
    let normalized = photos.normalized(by: found)
    #expect(normalized.preprocessing.normalization == found)
    let inputs = try normalized.batch([0, 1, 2]).inputs
    for channel in 0..<3 {
      let values = inputs.slice(channel..<channel + 1, axis: 1)
      #expect(abs(values.mean().scalar) < 1e-5)
      #expect(abs(values.squared().mean().scalar - 1) < 1e-4)
    }
    #expect(try photos.selecting([1]).channelStatistics() != found)
    #expect(throws: DatasetError.noPhotos(count: 0)) { try photos.selecting([]).channelStatistics() }
    let same = try Examples([Photo.pixels(Image(width: 1, height: 1, pixels: [9, 0, 255]), name: "x")], [1 as Float])
    let constant = try PhotoSet(same, imageSize: 2).images.channelStatistics()
    #expect(constant.deviation == [1, 1, 1])
    for (found, expected) in zip(constant.mean, [9.0 / 255, 0, 1]) { #expect(abs(Double(found) - expected) <= 1e-7) }
  }
}

extension CIFARPhotos {
  fileprivate func pixels(at index: Int) throws -> Image {
    guard case .pixels(let image, _) = item(at: index) else { throw CancellationError() }
    return image
  }
}
