import Data
import Testing

@Suite struct EncodingTests {
  @Test func pngKeepsEveryByte() throws {
    let image = try Image(contentsOfFile: fixture("resize-source.png"))
    #expect(try Image(decoding: image.png()) == image)
    let pixel = Image(width: 1, height: 1, pixels: [1, 2, 3])
    #expect(try Image(decoding: pixel.png()) == pixel)
  }

  /// Smooth colours lose little; a better quality loses less and takes more bytes.
  @Test func jpegKeepsColours() throws {
    let image = try Image(contentsOfFile: fixture("full-chroma.jpg"))
    let fine = try image.jpeg(quality: 95)
    let coarse = try image.jpeg(quality: 30)
    let fineError = try #require(meanDifference(try Image(decoding: fine), image))
    let coarseError = try #require(meanDifference(try Image(decoding: coarse), image))
    #expect(fineError < 3 && fineError < coarseError)
    #expect(fine.count > coarse.count)
  }

  @Test func refusesSidesTheFormatCannotHold() {
    let long = Image(width: 70_000, height: 1, pixels: [UInt8](repeating: 0, count: 210_000))
    #expect(throws: ImageError.self) { try long.jpeg() }
  }

  private func meanDifference(_ a: Image, _ b: Image) -> Double? {
    guard a.width == b.width, a.height == b.height else { return nil }
    return Double(zip(a.pixels, b.pixels).map { abs(Int($0) - Int($1)) }.reduce(0, +)) / Double(a.pixels.count)
  }
}
