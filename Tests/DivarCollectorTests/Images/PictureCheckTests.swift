import Data
import DivarCollector
import Testing

@Suite struct PictureCheckTests {
  private func kind(_ bytes: [UInt8], minimumSide: Int = 64) -> String {
    switch PictureCheck(minimumSide: minimumSide).verdict(on: bytes, source: "a.jpg") {
    case .photo(_, let fileExtension): fileExtension
    case .dropped(let reason): reason.kind
    }
  }

  @Test func formatByContent() throws {
    let image = try Image(decoding: try picture(1))
    #expect(kind(try picture(1)) == "jpg")
    #expect(kind(try image.png()) == "png")
  }

  @Test func contentThatIsNoPhoto() throws {
    let photo = try picture(1)
    #expect(kind([]) == "no image")
    #expect(kind(Array("<!doctype html><html></html>".utf8)) == "no image")
    #expect(kind(Array(photo.prefix(photo.count / 2))) == "damaged")
    #expect(kind(Array(photo.prefix(3))) == "damaged")
    #expect(kind(photo, minimumSide: 97) == "too small")
    #expect(kind(photo, minimumSide: 96) == "jpg")
  }

  @Test func drawingsAreNoPhotos() throws {
    // A disc with a soft edge, as icons are drawn.
    let pixels = (0..<128 * 128).flatMap { index -> [UInt8] in
      let (x, y) = (Double(index % 128) - 63.5, Double(index / 128) - 63.5)
      let cover = min(max(50 - (x * x + y * y).squareRoot(), 0), 1)
      return [UInt8(255 - 55 * cover), UInt8(255 - 250 * cover), UInt8(255 - 200 * cover)]
    }
    #expect(kind(try Image(width: 128, height: 128, pixels: pixels).png()) == "icon")
    #expect(kind(try Image(width: 70, height: 70, pixels: [UInt8](repeating: 9, count: 70 * 70 * 3)).png()) == "icon")
  }
}
