import Data
import ModelFormats

/// The weights of a resize along one axis, computed in an ONNX graph from the size of the photo: the formulas of `ResizeKernel`.
struct SealedWeights {
  /// `[target, source]`, in single precision; each row sums to 1.
  let matrix: String
  /// The first pixel that counts for each of the result, `[target]` integers.
  let firsts: String
  /// The number of pixels that make one, an integer.
  let tapCount: String

  /// The weights of a filter.
  ///
  /// - Parameter enlarges: whether one of the two axes gains pixels, as a boolean.
  init(_ resize: Resize, along axis: SealedAxis, enlarges: () -> String, _ build: GraphBuilder) {
    let scale = axis.scale(build)
    let index = build.column(build.count(to: axis.target))
    let position = build.count(to: axis.source)
    // Only what a filter needs comes into the graph.
    lazy var begin = build.add(axis.start, build.multiply(index, scale))
    lazy var centre = build.add(axis.start, build.multiply(build.add(index, build.double(0.5)), scale))
    lazy var last = build.subtract(axis.length, build.double(1))
    /// 1 where a pixel of the photo is the given one, which the edges stand for if it lies beyond them.
    func marks(_ place: String) -> String {
      let inside = build.lower(build.higher(place, build.double(0)), last)
      return build.cast(build("Equal", position, inside), to: .double)
    }
    func floor(_ value: String) -> String { build("Floor", value) }
    // The weights up to a factor, the first pixel of each, which may lie outside, and how many there are.
    let unscaled: String
    let low: String
    let most: String
    switch (resize.filter, resize.antialiased) {
    case (.nearest, let antialiased):
      let place = antialiased ? build.multiply(scale, build.double(0.5)) : build.double(0)
      low = floor(build.add(begin, place))
      (unscaled, most) = (marks(low), build.double(1))
    case (.area, false):
      let enlarges = enlarges()
      unscaled = Self.area(begin, scale, position, marks, enlarges: enlarges, build)
      low = floor(begin)
      most = build(
        "Where", enlarges, build.double(2), build.add(build("Ceil", scale), build.double(1)))
    case (_, false):
      let (curve, reach) = SealedCurve.plain(resize.filter)
      let start = build.add(
        floor(build.subtract(centre, build.double(0.5))), build.double(1 - reach))
      unscaled = (0..<2 * Int(reach)).map { tap in
        let place = build.add(start, build.double(Double(tap)))
        let offset = build.subtract(build.add(place, build.double(0.5)), centre)
        return build.multiply(curve.weight(offset, build), marks(place))
      }.reduce(build.double(0)) { build.add($0, $1) }
      (low, most) = (start, build.double(2 * reach))
    case (_, true):
      let (curve, curveReach) = SealedCurve.widened(resize.filter)
      let width = build.higher(scale, build.double(1))
      let reach = build.multiply(build.double(curveReach), width)
      let half = build.double(0.5)
      low = build.higher(floor(build.add(build.subtract(centre, reach), half)), build.double(0))
      let high = build.higher(
        build.lower(floor(build.add(build.add(centre, reach), half)), axis.length), low)
      let offset = build.divide(build.subtract(build.add(position, half), centre), width)
      let isInside = build(
        "And", build("GreaterOrEqual", position, low), build("Less", position, high))
      unscaled = build.multiply(curve.weight(offset, build), build.cast(isInside, to: .double))
      most = build.add(build("Ceil", build.multiply(build.double(2), reach)), build.double(1))
    }
    let sums = build("ReduceSum", unscaled, build.integers(1))
    matrix = build.cast(build.divide(unscaled, sums), to: .float)
    let count = build.lower(most, axis.length)
    tapCount = build.cast(count, to: .int64)
    let first = build.lower(build.higher(low, build.double(0)), build.subtract(axis.length, count))
    firsts = build.cast(build("Reshape", first, build.integers(-1)), to: .int64)
  }

  /// The pixels that a turn of a loop over ``tapCount`` joins, and their weights, `[target, 1]`.
  func places(of turn: String, _ build: GraphBuilder) -> (places: String, weights: String) {
    let places = build.add(firsts, turn)
    return (
      places, build("GatherElements", matrix, build.column(places), with: ["axis": .integer(1)])
    )
  }

  /// OpenCV's `INTER_AREA`: the part of each pixel that is covered, or two pixels where an axis gains some.
  private static func area(
    _ begin: String, _ scale: String, _ position: String, _ marks: (String) -> String,
    enlarges: String,
    _ build: GraphBuilder
  ) -> String {
    let one = build.double(1)
    let end = build.add(begin, scale)
    let covered = build.subtract(
      build.lower(build.add(position, one), end), build.higher(position, begin))
    let coverage = build.higher(covered, build.double(0))
    let place = build("Floor", begin)
    let filled = build.divide(build.subtract(build.subtract(end, place), one), scale)
    let part = build.subtract(filled, build("Floor", filled))
    let second = build(
      "Where", build("LessOrEqual", filled, build.double(0)), build.double(0), part)
    let seam = build.add(
      build.multiply(build.subtract(one, second), marks(place)),
      build.multiply(second, marks(build.add(place, one))))
    return build("Where", enlarges, seam, coverage)
  }
}

/// A weight by the distance from the centre; see `ResizeKernel`.
enum SealedCurve {
  case triangle, box
  case cubic(Double)
  case lanczos(Double)

  /// The curve of a filter of fixed width, and where it ends.
  static func plain(_ filter: Resize.Filter) -> (SealedCurve, reach: Double) {
    switch filter {
    case .bicubic: (.cubic(-0.75), 2)
    case .lanczos: (.lanczos(4), 4)
    case .bilinear, .nearest, .area: (.triangle, 1)
    }
  }

  /// The curve of a filter that is widened by the reduction, and where it ends.
  static func widened(_ filter: Resize.Filter) -> (SealedCurve, reach: Double) {
    switch filter {
    case .bicubic: (.cubic(-0.5), 2)
    case .lanczos: (.lanczos(3), 3)
    case .area: (.box, 0.5)
    case .bilinear, .nearest: (.triangle, 1)
    }
  }

  /// The weight at a distance.
  func weight(_ offset: String, _ build: GraphBuilder) -> String {
    let x = build("Abs", offset)
    func number(_ value: Double) -> String { build.double(value) }
    switch self {
    case .triangle:
      return build.higher(build.subtract(number(1), x), number(0))
    case .box:
      let isInside = build(
        "And", build("Greater", offset, number(-0.5)), build("LessOrEqual", offset, number(0.5)))
      return build.cast(isInside, to: .double)
    case .cubic(let a):
      let near = build.multiply(
        build.multiply(build.subtract(build.multiply(number(a + 2), x), number(a + 3)), x), x)
      let far = build.subtract(
        build.multiply(build.add(build.multiply(build.subtract(x, number(5)), x), number(8)), x),
        number(4))
      let tail = build(
        "Where", build("Less", x, number(2)), build.multiply(far, number(a)), number(0))
      return build("Where", build("Less", x, number(1)), build.add(near, number(1)), tail)
    case .lanczos(let lobes):
      func sineCardinal(_ x: String) -> String {
        let turned = build.multiply(x, number(.pi))
        let isZero = build("Equal", x, number(0))
        // No division by 0, which another branch would hide.
        let safe = build("Where", isZero, number(1), turned)
        return build("Where", isZero, number(1), build.divide(build("Sin", turned), safe))
      }
      let product = build.multiply(sineCardinal(x), sineCardinal(build.divide(x, number(lobes))))
      return build("Where", build("Less", x, number(lobes)), product, number(0))
    }
  }
}
