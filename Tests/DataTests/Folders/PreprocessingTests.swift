import Data
import Foundation
import Tensor
import TestSupport
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

  /// The formula of the documentation, with other numbers.
  @Test(arguments: ColourOrder.allCases) func normalizes(colours: ColourOrder) {
    let normalization = Normalization(mean: [0.5, 0.25, 0], deviation: [0.5, 0.25, 2])
    let preprocessing = Preprocessing(
      imageSize: ImageSize(height: 1, width: 2), colours: colours, normalization: normalization)
    let (red, green, blue): ([Float], [Float], [Float]) = ([-1, 0.2], [-0.2, 2.2], [0.2, 0.5])
    let expected = colours == .rgb ? red + green + blue : blue + green + red
    let found = preprocessing(Self.image).scalars
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-6 }, "\(found)")
  }

  /// Files of the first version say nothing of what it did not have.
  @Test func readsEarlierFiles() throws {
    let json = #"{"colours":"bgr","imageSize":{"height":32,"width":48},"resize":"bilinear","scale":1}"#
    let expected = Preprocessing(
      imageSize: ImageSize(height: 32, width: 48), resize: .bilinear, framing: .stretch, colours: .bgr, scale: 1,
      normalization: nil, background: .white, exact: true)
    #expect(try JSONDecoder().decode(Preprocessing.self, from: Foundation.Data(json.utf8)) == expected)
  }

  @Test func everyPartSurvivesItsFile() throws {
    let preprocessing = Preprocessing(
      imageSize: 96, resize: Resize(.lanczos, antialiased: true), framing: .padToFit, colours: .bgr, scale: 1 / 127.5,
      normalization: .imageNet, background: RGBColour(red: 1, green: 2, blue: 3), exact: true)
    let json = try JSONEncoder().encode(preprocessing)
    #expect(try JSONDecoder().decode(Preprocessing.self, from: json) == preprocessing)
    for (part, nonsense) in [("padToFit", "bend"), ("lanczosAntialiased", "sharp"), ("0.229", "0"), ("0.485", "1, 2")] {
      let spoiled = String(decoding: json, as: UTF8.self).replacing(part, with: nonsense)
      #expect(throws: DecodingError.self, "\(part)") {
        try JSONDecoder().decode(Preprocessing.self, from: Foundation.Data(spoiled.utf8))
      }
    }
  }

  @Test func framesAPhoto() {
    let wide = Image(
      width: 4, height: 2, pixels: (0..<8).flatMap { [UInt8](repeating: $0 % 4 < 2 ? 0 : 200, count: 3) })
    let red = RGBColour(red: 255, green: 0, blue: 0)
    func planes(_ framing: Framing) -> [Float] {
      Preprocessing(
        imageSize: 4, resize: Resize(.nearest, antialiased: true), framing: framing, scale: 1, background: red)(
          wide
        ).scalars
    }
    let (red0, green0) = (planes(.padToFit).prefix(16), planes(.padToFit)[16..<32])
    #expect(red0.elementsEqual([255, 255, 255, 255, 0, 0, 200, 200, 0, 0, 200, 200, 255, 255, 255, 255]))
    #expect(green0.elementsEqual([0, 0, 0, 0, 0, 0, 200, 200, 0, 0, 200, 200, 0, 0, 0, 0]))
    #expect(planes(.cropToFill).prefix(4).elementsEqual([0, 0, 200, 200]))
    #expect(planes(.stretch).prefix(4).elementsEqual([0, 0, 200, 200]))
  }

  @Test func readsAFileAsItReadsAnImage() throws {
    for name in ["baseline.jpg", "cmyk.jpg", "rgba.png", "lossy.webp", "still.gif", "oriented-8.jpg"] {
      let preprocessing = Preprocessing(imageSize: 16, background: .black, exact: true)
      let image = try Image(contentsOfFile: fixture(name), background: .black)
      let apart = try zip(preprocessing(contentsOfFile: fixture(name)).scalars, preprocessing(image).scalars)
        .map { abs($0 - $1) }.max()
      #expect(try #require(apart) < 1.01 / 255, "\(name)")
    }
    #expect(throws: ImageError.self) { try Preprocessing(imageSize: 16)(contentsOfFile: fixture("none.jpg")) }
  }

  /// A plain filter leaves rows out, which the codec passes over: no pixel may change by that.
  @Test(arguments: ["baseline", "progressive", "full-chroma", "half-chroma", "gray", "restarts"])
  func passingOverRowsChangesNothing(name: String) throws {
    let bytes = try [UInt8](Foundation.Data(contentsOf: URL(filePath: fixture(name + ".jpg"))))
    for size in 1...12 {
      for filter in [Resize.Filter.nearest, .bilinear, .bicubic] {
        let preprocessing = Preprocessing(
          imageSize: ImageSize(square: size), resize: Resize(filter, antialiased: false), scale: 1)
        let planes = try preprocessing.planes(decoding: bytes).planes.scalars
        #expect(try planes.map { Float($0) } == preprocessing(Image(decoding: bytes)).scalars, "\(size)")
      }
    }
  }

  /// The distance that ``Preprocessing/exact`` names, on real photos.
  @Test(.enabled(if: shared("data/clothing/pants") != nil), arguments: [Resize.Filter.bilinear, .bicubic, .lanczos])
  func decodingAtAPartOfTheSizeChangesLittle(filter: Resize.Filter) throws {
    let folder = try #require(shared("data/clothing/pants"))
    var fast = Preprocessing(imageSize: 64, resize: Resize(filter, antialiased: true))
    var exact = fast
    exact.exact = true
    var changed = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted().prefix(40) {
      let bytes = try [UInt8](Foundation.Data(contentsOf: URL(filePath: folder + "/" + name)))
      for size in [32, 64, 100] {
        fast.imageSize = ImageSize(square: size)
        exact.imageSize = fast.imageSize
        let (a, b) = try (fast.planes(decoding: bytes).planes.scalars, exact.planes(decoding: bytes).planes.scalars)
        let differences = zip(a, b).map { abs(Int($0) - Int($1)) }
        let mean = Double(differences.reduce(0, +)) / Double(differences.count)
        #expect(mean < 2.5 && (differences.max() ?? 0) <= 25, "\(name) at \(size)")
        if mean > 0 { changed += 1 }
      }
    }
    #expect(changed > 60)
  }
}
