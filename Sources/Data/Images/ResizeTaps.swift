/// Which pixels along one axis make one pixel of the result, and how much each counts. The weights sum to 1.
struct ResizeTaps {
  /// The first pixel that counts.
  let first: Int
  /// The weights of that pixel and its followers, none negative.
  let weights: [Float]

  /// The taps of each of `target` pixels, which span the same length as `source` pixels.
  static func make(from source: Int, to target: Int, _ resize: Resize) -> [ResizeTaps] {
    let scale = Double(source) / Double(target)
    return (0..<target).map { index in
      let centre = (Double(index) + 0.5) * scale
      return switch resize {
      case .bilinear: interpolating(at: centre, in: source)
      case .bilinearAntialiased: averaging(around: centre, reach: max(scale, 1), in: source)
      }
    }
  }

  /// The two pixels whose centres lie around `centre`; at an edge, the pixel of the edge alone.
  private static func interpolating(at centre: Double, in source: Int) -> ResizeTaps {
    let position = min(max(centre - 0.5, 0), Double(source - 1))
    let first = min(Int(position), max(source - 2, 0))
    let share = Float(position - Double(first))
    return ResizeTaps(first: first, weights: share == 0 ? [1] : [1 - share, share])
  }

  /// A triangle that falls to zero at `reach` pixels from `centre`, cut off at the edges.
  private static func averaging(around centre: Double, reach: Double, in source: Int) -> ResizeTaps {
    let first = max(Int(centre - reach + 0.5), 0)
    let end = min(Int(centre + reach + 0.5), source)
    let triangle = (first..<end).map { max(1 - abs(Double($0) + 0.5 - centre) / reach, 0) }
    let sum = triangle.reduce(0, +)
    return ResizeTaps(first: first, weights: triangle.map { Float($0 / sum) })
  }
}
