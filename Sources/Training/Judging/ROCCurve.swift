/// The receiver operating characteristic: for each threshold, the share of the examples of a class that is found, and the share
/// of the other examples that is taken for it.
public struct ROCCurve: Hashable, Sendable {
  /// A point of the curve.
  public struct Point: Hashable, Sendable {
    /// The share of the other examples with a score at or above the threshold.
    public let falsePositiveRate: Double
    /// The share of the examples of the class with a score at or above the threshold.
    public let truePositiveRate: Double
    /// The threshold; infinite at the first point, where nothing is found.
    public let threshold: Double
  }

  /// The corners of the curve, from (0, 0) to (1, 1): as scikit-learn's `roc_curve` gives them, without points on a straight line.
  public let points: [Point]
}

extension BinaryScores {
  /// The ROC curve; `nil` where all answers are yes, or all are no.
  public var rocCurve: ROCCurve? {
    guard positiveCount > 0, negativeCount > 0 else { return nil }
    let corners = steps.indices.filter { index in
      guard index > 0, index + 1 < steps.count else { return true }
      let (before, here, after) = (steps[index - 1], steps[index], steps[index + 1])
      return after.hits - here.hits != here.hits - before.hits
        || after.alarms - here.alarms != here.alarms - before.alarms
    }
    let points = corners.map { index in
      ROCCurve.Point(
        falsePositiveRate: Double(steps[index].alarms) / Double(negativeCount),
        truePositiveRate: Double(steps[index].hits) / Double(positiveCount), threshold: steps[index].threshold)
    }
    return ROCCurve(
      points: [ROCCurve.Point(falsePositiveRate: 0, truePositiveRate: 0, threshold: .infinity)] + points)
  }

  /// The area under the ROC curve, as scikit-learn's `roc_auc_score`: the probability that an example whose answer is yes has a
  /// higher score than one whose answer is no, where equal scores count half. `nil` where all answers are yes, or all are no.
  public var rocAUC: Double? {
    guard positiveCount > 0, negativeCount > 0 else { return nil }
    // Twice the area in whole numbers, so that nothing is rounded: trapezoids of hits over alarms.
    var (doubled, hits, alarms) = (0.0, 0, 0)
    for step in steps {
      doubled += Double((step.alarms - alarms) * (step.hits + hits))
      (hits, alarms) = (step.hits, step.alarms)
    }
    return doubled / 2 / Double(positiveCount) / Double(negativeCount)
  }
}
