import Tensor

/// The largest picture to decode. A file of a few bytes can declare gigabytes of pixels.
public struct ImageLimits: Hashable, Sendable {
  /// The most pixels, width times height. Decoding takes 3 bytes for each, 4 more with opacity and in WebP, and up to 12
  /// more for a progressive JPEG.
  public var pixels: Int
  /// The most bytes of the file.
  public var bytes: Int

  /// 100 million pixels, as many as today's largest cameras write, and files of 256 MiB.
  public static let standard = ImageLimits(pixels: 100_000_000, bytes: 256 << 20)

  /// Makes limits of a number of pixels and a number of bytes in the file.
  public init(pixels: Int, bytes: Int) {
    self.pixels = pixels
    self.bytes = bytes
  }

  /// Refuses a picture whose header declares more pixels than the limit, or than fit into the available memory.
  func check(width: Int, height: Int) throws(ImageRefusal) {
    let count = saturatingProduct(width, height)
    guard count <= pixels else {
      throw ImageRefusal(
        found: "an image of \(width) x \(height) pixels",
        expected: "at most \(pixels) pixels; larger ones need a larger `ImageLimits.pixels`")
    }
    let byteCount = saturatingProduct(count, 7)
    guard count > Self.standard.pixels, let available = SystemMemory.available, byteCount > available else { return }
    throw ImageRefusal(
      found: "an image of \(width) x \(height) pixels, which takes \(byteText(byteCount)) to decode",
      expected: "one that takes at most the \(byteText(available)) of memory that are available")
  }
}
