/// Where in an image each pixel of another one comes from: an affine map of column x and row y.
///
/// x' = xx · x + xy · y + x0 and y' = yx · x + yy · y + y0, in pixels, from the center of the first one.
public struct PixelMap: Hashable, Sendable {
  /// The factors and the shift of x'.
  public var xx, xy, x0: Double
  /// The factors and the shift of y'.
  public var yx, yy, y0: Double

  /// Makes a map, by default the identity.
  public init(
    xx: Double = 1, xy: Double = 0, x0: Double = 0, yx: Double = 0, yy: Double = 1, y0: Double = 0
  ) {
    (self.xx, self.xy, self.x0) = (xx, xy, x0)
    (self.yx, self.yy, self.y0) = (yx, yy, y0)
  }
}

/// How images are warped: by a map for each image, with what to take between pixels and outside.
public struct ImageWarp: Hashable, Sendable {
  /// What stands outside an image.
  public enum Fill: Hashable, Sendable {
    /// One number.
    case constant(Float)
    /// The nearest pixel of the edge: `aaaa|abcd|dddd`.
    case nearest
    /// The image mirrored at its edge: `dcba|abcd|dcba`.
    case reflect
    /// The image repeated: `abcd|abcd|abcd`.
    case wrap
  }

  /// What stands between pixels.
  public enum Interpolation: Hashable, Sendable {
    /// The mean of the four pixels around a place, weighted by how near they are.
    case bilinear
    /// The nearest pixel; of two the one further from 0.
    case nearest
  }

  /// The map of each image.
  public let maps: [PixelMap]
  /// What stands outside an image.
  public let fill: Fill
  /// What stands between pixels.
  public let interpolation: Interpolation

  /// Makes a warp.
  public init(_ maps: [PixelMap], fill: Fill = .reflect, interpolation: Interpolation = .bilinear) {
    self.maps = maps
    self.fill = fill
    self.interpolation = interpolation
  }
}

extension Tensor where Scalar: FloatingScalar {
  /// Images `[N, C, H, W]`, each warped by its map: a pixel gets what stands at the place that it is mapped to.
  ///
  /// A place outside by less than a pixel mixes the edge with what is outside. Stops unless there is a map for each image.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func warped(by warp: ImageWarp) -> Tensor {
    requireImages(for: warp)
    let (height, width, plane) = (shape[2], shape[3], shape[2] * shape[3])
    let channels = shape[1]
    let source = contiguous()
    return source.withUnsafeScalars { source in
      Tensor(unsafeUninitialized: shape) { output in
        guard let source = source.baseAddress, let target = output.baseAddress, output.count > 0 else { return }
        parallelFor(chunks: warp.maps.count) { image in
          let places = WarpedPlaces<Scalar>(warp, image: image, height: height, width: width)
          let (source, target) = (source + image * channels * plane, target + image * channels * plane)
          for row in 0..<height {
            for column in 0..<width {
              let taps = places.taps(row: row, column: column)
              let pixel = row * width + column
              for channel in 0..<channels {
                let source = source + channel * plane
                var sum = taps.outside
                if taps.index.0 >= 0 { sum += taps.weight.0 * source[taps.index.0] }
                if taps.index.1 >= 0 { sum += taps.weight.1 * source[taps.index.1] }
                if taps.index.2 >= 0 { sum += taps.weight.2 * source[taps.index.2] }
                if taps.index.3 >= 0 { sum += taps.weight.3 * source[taps.index.3] }
                target[channel * plane + pixel] = sum
              }
            }
          }
        }
      }
    }
  }

  /// The gradient with respect to the images of ``warped(by:)``, from this one with respect to its result: each pixel hands
  /// its gradient to those that it was made of.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func warpGradient(by warp: ImageWarp) -> Tensor {
    requireImages(for: warp)
    let (height, width, plane) = (shape[2], shape[3], shape[2] * shape[3])
    let channels = shape[1]
    let gradient = contiguous()
    var result = Tensor(zeros: shape)
    result.withUnsafeMutableScalars { output in
      gradient.withUnsafeScalars { gradient in
        guard let gradient = gradient.baseAddress, let target = output.baseAddress, output.count > 0 else { return }
        // Each chunk has an image of its own to write to.
        nonisolated(unsafe) let all = target
        parallelFor(chunks: warp.maps.count) { image in
          let places = WarpedPlaces<Scalar>(warp, image: image, height: height, width: width)
          let (gradient, target) = (gradient + image * channels * plane, all + image * channels * plane)
          for row in 0..<height {
            for column in 0..<width {
              let taps = places.taps(row: row, column: column)
              let pixel = row * width + column
              for channel in 0..<channels {
                let (target, value) = (target + channel * plane, gradient[channel * plane + pixel])
                if taps.index.0 >= 0 { target[taps.index.0] += taps.weight.0 * value }
                if taps.index.1 >= 0 { target[taps.index.1] += taps.weight.1 * value }
                if taps.index.2 >= 0 { target[taps.index.2] += taps.weight.2 * value }
                if taps.index.3 >= 0 { target[taps.index.3] += taps.weight.3 * value }
              }
            }
          }
        }
      }
    }
    return result
  }

  private func requireImages(for warp: ImageWarp) {
    require(
      rank == 4 && shape[0] == warp.maps.count,
      "warped: \(warp.maps.count) images [N, C, H, W] are needed, found \(shape)")
  }
}

/// The places in one image that the pixels of its warped one come from.
private struct WarpedPlaces<Scalar: FloatingScalar> {
  /// Up to four pixels and their weights; -1 for one that is not in the image. What the places outside add.
  typealias Taps = (
    index: (Int, Int, Int, Int), weight: (Scalar, Scalar, Scalar, Scalar), outside: Scalar
  )

  private let map: PixelMap
  private let fill: ImageWarp.Fill
  private let filler: Scalar
  private let isBilinear: Bool
  private let height: Int
  private let width: Int

  init(_ warp: ImageWarp, image: Int, height: Int, width: Int) {
    map = warp.maps[image]
    fill = warp.fill
    if case .constant(let value) = warp.fill { filler = Scalar(value) } else { filler = 0 }
    isBilinear = warp.interpolation == .bilinear
    (self.height, self.width) = (height, width)
  }

  @inline(__always)
  func taps(row: Int, column: Int) -> Taps {
    let (x, y) = (Double(column), Double(row))
    let sourceX = map.xx * x + map.xy * y + map.x0
    let sourceY = map.yx * x + map.yy * y + map.y0
    guard isBilinear else {
      let (row, column) = (inside(whole(sourceY.rounded()), height), inside(whole(sourceX.rounded()), width))
      let index = row < 0 || column < 0 ? -1 : row * width + column
      return ((index, -1, -1, -1), (1, 0, 0, 0), index < 0 ? filler : 0)
    }
    let (left, top) = (sourceX.rounded(.down), sourceY.rounded(.down))
    let (shareX, shareY) = (Scalar(sourceX - left), Scalar(sourceY - top))
    let rows = (inside(whole(top), height), inside(whole(top) + 1, height))
    let columns = (inside(whole(left), width), inside(whole(left) + 1, width))
    func index(_ row: Int, _ column: Int) -> Int { row < 0 || column < 0 ? -1 : row * width + column }
    let places = (
      index(rows.0, columns.0), index(rows.0, columns.1), index(rows.1, columns.0), index(rows.1, columns.1)
    )
    let weights = (
      (1 - shareY) * (1 - shareX), (1 - shareY) * shareX, shareY * (1 - shareX), shareY * shareX
    )
    var outside: Scalar = 0
    if places.0 < 0 { outside += weights.0 }
    if places.1 < 0 { outside += weights.1 }
    if places.2 < 0 { outside += weights.2 }
    if places.3 < 0 { outside += weights.3 }
    return (places, weights, outside * filler)
  }

  /// A whole number that `Int` can hold with room to count on; far outside of every image where it cannot.
  @inline(__always)
  private func whole(_ value: Double) -> Int { value.magnitude < 1e15 ? Int(value) : -1_000_000_000_000_000 }

  /// The index in an axis of `length` that stands for one that may be outside, or -1.
  @inline(__always)
  private func inside(_ index: Int, _ length: Int) -> Int {
    if index >= 0 && index < length { return index }
    switch fill {
    case .constant: return -1
    case .nearest: return index < 0 ? 0 : length - 1
    case .wrap: return remainder(index, length)
    case .reflect:
      let place = remainder(index, 2 * length)
      return place < length ? place : 2 * length - 1 - place
    }
  }

  @inline(__always)
  private func remainder(_ index: Int, _ length: Int) -> Int {
    let rest = index % length
    return rest < 0 ? rest + length : rest
  }
}
