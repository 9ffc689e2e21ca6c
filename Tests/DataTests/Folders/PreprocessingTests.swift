import Data
import Foundation
import Tensor
import Testing

@Suite struct PreprocessingTests {
  static let image = Image(width: 2, height: 1, pixels: [0, 51, 102, 153, 204, 255])

  @Test func givesPlanesFromZeroToOne() {
    let rgb = Preprocessing(imageSize: ImageSize(height: 1, width: 2))
    #expect(rgb(Self.image) == Tensor(shape: [3, 1, 2], scalars: [0, 153, 51, 204, 102, 255].map { $0 * (1 / 255) }))
    let bgr = Preprocessing(imageSize: ImageSize(height: 1, width: 2), colours: .bgr, scale: 1)
    #expect(bgr(Self.image) == Tensor(shape: [3, 1, 2], scalars: [102, 255, 51, 204, 0, 153]))
  }

  @Test(arguments: ColourOrder.allCases, Resize.allCases)
  func doesToOneImageWhatAFolderDoesToAll(colours: ColourOrder, resize: Resize) throws {
    let photos = try PhotoFolder(["a": 1, "b": 1])
    let source = try Image(contentsOfFile: fixture("resize-source.png"))
    try photos.add("a/photo.jpg", source.png())
    let size = ImageSize(height: 20, width: 30)
    let images = try photos.read(imageSize: size, resize: resize, colours: colours).images
    let input = images.preprocessing(source)
    #expect(try images.batch([1]).inputs.scalars == input.scalars)
    #expect(try images.image(at: 1) == source.resized(to: size, resize))
  }

  @Test func survivesItsFile() throws {
    let preprocessing = Preprocessing(
      imageSize: ImageSize(height: 32, width: 48), resize: .bilinearAntialiased, colours: .bgr, scale: 1)
    let json = try JSONEncoder().encode(preprocessing)
    #expect(try JSONDecoder().decode(Preprocessing.self, from: json) == preprocessing)
    let spoiled = String(decoding: json, as: UTF8.self).replacing("32", with: "0")
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Preprocessing.self, from: Foundation.Data(spoiled.utf8))
    }
  }
}
