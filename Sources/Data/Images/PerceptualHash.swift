import Tensor

/// A difference hash: 128 bits that describe what a picture looks like. Another size, compression or brightness hardly
/// changes them (N. Krawetz, "Kind of Like That", 2013).
///
/// For the first 64 bits, the picture is reduced to 9 × 8 gray values: each bit says whether a value is larger than its
/// left neighbour. Rows are read from the top, and the first bit is the highest. For the other 64 bits, the picture is
/// reduced to 8 × 9 values: each bit says whether a value is larger than the one above it. With only the first 64 bits,
/// photos of similar things in front of the same background too often have the same hash.
///
/// ```swift
/// let (one, other) = (try Image(contentsOfFile: "a.jpg"), try Image(contentsOfFile: "b.webp"))
/// let areCopies = PerceptualHash(of: one).distance(to: PerceptualHash(of: other)) <= 5
/// ```
public struct PerceptualHash: Hashable, Sendable, Codable {
  /// The bits.
  public let bits: UInt128

  /// Computes the hash. Cost: two reductions of the picture.
  public init(of image: Image) {
    let gray = image.gray
    let wide = gray.lightness(at: ImageSize(height: 8, width: 9))
    let high = gray.lightness(at: ImageSize(height: 9, width: 8))
    let across = (0..<64).map { index in
      let pixel = index / 8 * 9 + index % 8
      return wide[pixel + 1] > wide[pixel]
    }
    let down = (0..<64).map { high[$0 + 8] > high[$0] }
    bits = (across + down).reduce(0) { $0 << 1 | ($1 ? 1 : 0) }
  }

  /// The number of bits in which two hashes differ.
  public func distance(to other: PerceptualHash) -> Int {
    (bits ^ other.bits).nonzeroBitCount
  }

  /// Reads 32 hexadecimal digits.
  ///
  /// - Throws: `DecodingError`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let bits = UInt128(text, radix: 16) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "found the perceptual hash \"\(text)\", expected 32 hexadecimal digits")
    }
    self.bits = bits
  }

  /// Writes 32 hexadecimal digits.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    let digits = String(bits, radix: 16)
    try container.encode(String(repeating: "0", count: 32 - digits.count) + digits)
  }
}

extension Image {
  /// The picture in gray by ITU-R BT.601, with Pillow's rounding.
  fileprivate var gray: Image {
    var pixels = pixels
    for start in stride(from: 0, to: pixels.count, by: 3) {
      let (red, green, blue) = (Int(pixels[start]), Int(pixels[start + 1]), Int(pixels[start + 2]))
      let lightness = UInt8((19_595 * red + 38_470 * green + 7_471 * blue + 0x8000) >> 16)
      (pixels[start], pixels[start + 1], pixels[start + 2]) = (lightness, lightness, lightness)
    }
    return Image(width: width, height: height, pixels: pixels)
  }

  /// The values of a gray picture, resized.
  fileprivate func lightness(at size: ImageSize) -> [UInt8] {
    let small = resized(to: size, Resize(.lanczos, antialiased: true))
    return stride(from: 0, to: small.pixels.count, by: 3).map { small.pixels[$0] }
  }
}
