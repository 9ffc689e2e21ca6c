import Tensor

/// The red, green and blue bytes of a photo, plane by plane.
package struct BytePlanes: Hashable, Sendable {
  package let height: Int
  package let width: Int
  /// `[3, height, width]`.
  package internal(set) var values: [UInt8]

  /// Makes the planes. Stops the program if there are not three of them.
  package init(height: Int, width: Int, values: [UInt8]) {
    require(values.count == 3 * height * width, "RandAugment needs red, green and blue")
    (self.height, self.width, self.values) = (height, width, values)
  }

  /// Makes the planes of values from 0 to 1, each rounded to the nearest byte. NaN becomes 0.
  init(height: Int, width: Int, values: UnsafeBufferPointer<Float>, _ colours: ColourOrder) {
    self.init(
      height: height, width: width,
      values: values.map { $0 > 0 ? UInt8((min($0, 1) * 255).rounded(.toNearestOrEven)) : 0 })
    if colours == .bgr { swapRedAndBlue() }
  }

  /// The values from 0 to 1.
  func scaled(_ colours: ColourOrder) -> [Float] {
    var planes = self
    if colours == .bgr { planes.swapRedAndBlue() }
    return planes.values.map { Float($0) * (1 / 255) }
  }

  private mutating func swapRedAndBlue() {
    for pixel in 0..<count { values.swapAt(pixel, 2 * count + pixel) }
  }

  /// The number of pixels.
  var count: Int { height * width }

  /// Changes each byte by itself.
  mutating func map(_ change: (UInt8) -> UInt8) {
    let table = (0...255).map { change(UInt8($0)) }
    for index in values.indices { values[index] = table[Int(values[index])] }
  }

  /// Changes each plane by a table that is made of its histogram.
  mutating func mapPlanes(byTableOf makeTable: (_ histogram: [Int]) -> [UInt8]) {
    for plane in 0..<3 {
      let range = plane * count..<(plane + 1) * count
      var histogram = [Int](repeating: 0, count: 256)
      for value in values[range] { histogram[Int(value)] += 1 }
      let table = makeTable(histogram)
      for index in range { values[index] = table[Int(values[index])] }
    }
  }
}
