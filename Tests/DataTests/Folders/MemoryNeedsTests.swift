import Data
import Foundation
import Tensor
import Testing

/// Too little memory is an error, before anything is read, and no number is too large to be told.
@Suite struct MemoryNeedsTests {
  @Test(arguments: [3_000_000, 1 << 24, 5_000_000_000, Int.max])
  func refusesInputsThatCannotFit(side: Int) throws {
    let photos = try PhotoFolder(["a": 1, "b": 1])
    try photos.add("a/bad.jpg", "never read".utf8)
    for storage in [PhotoStorage.automatic, .memory, .streamed, .cache(path: photos.path + "/cache")] {
      let error = #expect(throws: DatasetError.self) {
        try photos.read(imageSize: ImageSize(square: side), storage: storage)
      }
      #expect(error?.description.hasPrefix("memory: one input of \(side) x \(side) pixels takes ") == true)
    }
    #expect(throws: ImageError.self) {
      try Preprocessing(imageSize: ImageSize(square: side))(contentsOfFile: photos.path + "/a/0.png")
    }
  }

  /// One input fits, with the room to make it; all photos together do not.
  @Test func refusesToKeepMorePhotosThanFit() throws {
    let available = try #require(SystemMemory.available)
    // 18 bytes a pixel take a third of the memory for one input; 3 bytes a pixel of 41 photos take 2.3 times all of it.
    let side = Int((Double(available) / 3 / 18).squareRoot())
    let photos = try PhotoFolder(["a": 40, "b": 1])
    let error = #expect(throws: DatasetError.self) {
      try ImageFolder(photos.path, imageSize: ImageSize(square: side), storage: .memory)
    }
    #expect(error?.description.hasPrefix("memory: keeping 41 photos of \(side) x \(side) pixels in memory") == true)
  }

  @Test func filesWithImpossibleSizesAreRefused() {
    for side in ["0", "-1", "99999999999"] {
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(ImageSize.self, from: Foundation.Data("{\"height\": 4, \"width\": \(side)}".utf8))
      }
    }
  }

  @Test func saysHowToRaiseALimit() throws {
    let picture = try Image(width: 20, height: 10, pixels: [UInt8](repeating: 1, count: 600)).png()
    let error = #expect(throws: ImageError.self) {
      try Image(decoding: picture, limits: ImageLimits(pixels: 199, bytes: 1 << 20))
    }
    #expect(error?.description.contains("at most 199 pixels; larger ones need a larger `ImageLimits.pixels`") == true)
    #expect(try Image(decoding: picture, limits: ImageLimits(pixels: .max, bytes: .max)).width == 20)
  }

  /// With the limit lifted, a header that declares more than the memory holds is an error still.
  @Test func liftedLimitsEndAtTheMemory() throws {
    var png = try Image(width: 2, height: 2, pixels: [UInt8](repeating: 1, count: 12)).png()
    png.replaceSubrange(16..<24, with: [0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff])
    #expect(throws: ImageError.self) { try Image(decoding: png, limits: ImageLimits(pixels: .max, bytes: .max)) }
  }
}
