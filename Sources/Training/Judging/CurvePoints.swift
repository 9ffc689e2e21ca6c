/// A curve of a class for a chart: pairs of x and y, from the left.
public struct CurvePoints: Hashable, Codable, Sendable {
  /// The places along the axes, from 0 to 1; as many of both.
  public let x, y: [Double]

  private static let limit = 200

  /// Keeps both ends and at most 200 points of a curve.
  init(_ points: [(x: Double, y: Double)]) {
    let step = max(1, (points.count + Self.limit - 1) / Self.limit)
    let kept = points.indices.filter { $0 % step == 0 || $0 == points.count - 1 }
    (x, y) = (kept.map { points[$0].x }, kept.map { points[$0].y })
  }

  /// The true positive rate over the false positive rate.
  init(_ curve: ROCCurve) {
    self.init(curve.points.map { ($0.falsePositiveRate, $0.truePositiveRate) })
  }

  /// Precision over recall, from the highest threshold on. Each precision holds for the recalls from that of the point before it, or
  /// 0, so that the area below these steps is the average precision.
  ///
  /// If there are more than 200 points, some of them become one step each, with the mean of their precisions over their recalls: the
  /// area stays the same.
  init(_ curve: PrecisionRecallCurve) {
    let points = curve.points.reversed().map { ($0.recall, $0.precision) }
    let step = max(1, (points.count + Self.limit - 1) / Self.limit)
    var (steps, start) = ([(x: Double, y: Double)](), 0.0)
    for first in stride(from: 0, to: points.count, by: step) {
      var (area, last) = (0.0, (recall: start, precision: 0.0))
      for (recall, precision) in points[first..<min(first + step, points.count)] {
        area += (recall - last.recall) * precision
        last = (recall, precision)
      }
      let width = last.recall - start
      steps.append((last.recall, step > 1 && width > 0 ? area / width : last.precision))
      start = last.recall
    }
    (x, y) = (steps.map(\.x), steps.map(\.y))
  }
}
