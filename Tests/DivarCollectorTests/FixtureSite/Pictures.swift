import Data
import Tensor

/// A picture of random patches, which looks like no other one, as a JPEG of some kilobytes.
func picture(_ number: Int, side: Int = 96, quality: Int = 85) throws -> [UInt8] {
  var generator = RandomGenerator(seed: UInt64(number))
  let patches = (0..<12 * 12 * 3).map { _ in generator.integer(below: 200) }
  let pixels = (0..<side * side * 3).map { index -> UInt8 in
    let (pixel, channel) = (index / 3, index % 3)
    let (row, column) = (pixel / side * 12 / side, pixel % side * 12 / side)
    return UInt8(patches[(row * 12 + column) * 3 + channel] + generator.integer(below: 40))
  }
  return try Image(width: side, height: side, pixels: pixels).jpeg(quality: quality)
}
