import Tensor

/// Numbers over the positions of a picture, to be drawn over it: how much each part of a photo matters for an answer.
public struct HeatMap: Hashable, Sendable {
  /// The number of columns.
  public let width: Int
  /// The number of rows.
  public let height: Int
  /// The share of each position, row by row, from 0 to 1.
  public let shares: [Double]

  /// A map of numbers, row by row. Stops the program unless there is one for each position, and at least one.
  ///
  /// Numbers below 0 and NaN count as 0, and infinity as the largest finite number.
  ///
  /// - Parameters:
  ///   - width: the number of columns.
  ///   - height: the number of rows.
  ///   - values: the numbers.
  ///   - top: the number that is drawn like all above it; the largest one by default, and where it is not finite.
  public init(width: Int, height: Int, values: [Double], top: Double? = nil) {
    guard width > 0, height > 0, values.count == width * height else {
      fatalError("HeatMap: \(width) x \(height) positions need a number each, found \(values.count)")
    }
    let positive = values.map { $0 > 0 ? min($0, .greatestFiniteMagnitude) : 0 }
    let top = top.flatMap { $0.isFinite ? $0 : nil } ?? positive.max() ?? 0
    (self.width, self.height) = (width, height)
    shares = positive.map { top > 0 ? min($0 / top, 1) : 0 }
  }

  /// The share at a place from 0 to 1 along both sides, interpolated between the middles of positions.
  func share(x: Double, y: Double) -> Double {
    func neighbours(_ place: Double, _ count: Int) -> (Int, Int, Double) {
      let position = min(max(place * Double(count) - 0.5, 0), Double(count - 1))
      let below = min(Int(position), max(count - 2, 0))
      return (below, min(below + 1, count - 1), position - Double(below))
    }
    let (left, right, across) = neighbours(x, width)
    let (upper, lower, down) = neighbours(y, height)
    func row(_ index: Int) -> Double {
      shares[index * width + left] * (1 - across) + shares[index * width + right] * across
    }
    return row(upper) * (1 - down) + row(lower) * down
  }
}

extension Bitmap {
  /// The picture with a heat map over a part of it: black and violet where little matters, orange and yellow where much does. The
  /// picture shows through, less where much matters. Outside of the map, it is dimmed.
  ///
  /// - Parameters:
  ///   - map: the map.
  ///   - frame: where the map lies, in pixels of the picture; it may reach beyond the picture.
  public func covered(by map: HeatMap, in frame: Rectangle) -> Bitmap {
    var result = rgb
    for y in 0..<height {
      let down = (Double(y) + 0.5 - frame.y) / frame.height
      for x in 0..<width {
        let across = (Double(x) + 0.5 - frame.x) / frame.width
        let isInside = (0...1).contains(down) && (0...1).contains(across)
        let share = isInside ? map.share(x: across, y: down) : 0
        let color = ColorScale.heat.color(of: share)
        let opacity = 0.35 + 0.35 * share
        let first = 3 * (y * width + x)
        // The picture in gray, so that its own colours are not taken for heat.
        let gray = (0.299 * Double(rgb[first]) + 0.587 * Double(rgb[first + 1]) + 0.114 * Double(rgb[first + 2])) / 255
        for (channel, heat) in [color.red, color.green, color.blue].enumerated() {
          result[first + channel] = UInt8((255 * (gray * (1 - opacity) + heat * opacity)).rounded())
        }
      }
    }
    return Bitmap(width: width, height: height, rgb: result)
  }

  /// A map as a picture of its own, one pixel for each position.
  public init(_ map: HeatMap) {
    self.init(
      width: map.width, height: map.height,
      rgb: map.shares.flatMap { ColorScale.heat.color(of: $0).bytes })
  }
}
