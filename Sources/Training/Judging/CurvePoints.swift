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

  /// Precision over recall, from the highest threshold on.
  init(_ curve: PrecisionRecallCurve) {
    self.init(curve.points.reversed().map { ($0.recall, $0.precision) })
  }
}
