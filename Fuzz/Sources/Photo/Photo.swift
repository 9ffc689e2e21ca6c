import Data

/// Reads a photo in all ways: its header, the whole picture, resized in the ways that decode differently, and with its colours
/// converted. Small limits keep the fuzzer fast; what is larger is refused by its header.
public func readPhoto(_ bytes: [UInt8]) throws {
  let limits = ImageLimits(pixels: 1 << 18, bytes: 1 << 20)
  _ = try? ImageHeader(decoding: bytes)
  _ = try? Preprocessing(imageSize: 16).planes(decoding: bytes, limits: limits)
  _ = try? Preprocessing(imageSize: 7, resize: .bilinear, framing: .cropToFill).planes(decoding: bytes, limits: limits)
  _ = try? DecodedImage(decoding: bytes, profiles: .converting, limits: limits)
  _ = try DecodedImage(decoding: bytes, limits: limits)
}
