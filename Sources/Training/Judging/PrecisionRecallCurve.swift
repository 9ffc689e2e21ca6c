/// Precision and recall at each threshold.
public struct PrecisionRecallCurve: Hashable, Sendable {
  /// A point of the curve.
  public struct Point: Hashable, Sendable {
    /// The share of right answers among the examples with a score at or above the threshold.
    public let precision: Double
    /// The share of the examples of the class with a score at or above the threshold.
    public let recall: Double
    /// The threshold.
    public let threshold: Double
  }

  /// A point for each score that occurs, from the lowest threshold to the highest, as scikit-learn's `precision_recall_curve`
  /// without its last point (1, 0), which no threshold belongs to.
  public let points: [Point]
}

/// A threshold of one class, and the answers that it gives.
public struct ClassThreshold: Hashable, Codable, Sendable {
  /// A score at or above it means yes.
  public let threshold: Double
  /// The harmonic mean of precision and recall.
  public let f1: Double
  /// The share of right answers among those that are yes.
  public let precision: Double
  /// The share of yes among the examples whose answer is yes.
  public let recall: Double
}

extension BinaryScores {
  /// The curve. Without an example whose answer is yes, each recall is 1, as in scikit-learn.
  public var precisionRecallCurve: PrecisionRecallCurve {
    PrecisionRecallCurve(
      points: steps.reversed().map {
        PrecisionRecallCurve.Point(precision: precision($0), recall: recall($0), threshold: $0.threshold)
      })
  }

  /// The average precision, as scikit-learn's `average_precision_score`: Σ (R_n - R_{n-1}) P_n over falling thresholds. 0 where no
  /// answer is yes.
  public var averagePrecision: Double {
    guard positiveCount > 0 else { return 0 }
    var (sum, hits) = (0.0, 0)
    for step in steps {
      sum += Double(step.hits - hits) / Double(positiveCount) * precision(step)
      hits = step.hits
    }
    return sum
  }

  /// The threshold with the highest F1, the lowest of several; `nil` where no answer is yes.
  ///
  /// It is chosen by these examples, so its F1 is a little too high for new ones.
  public var bestThreshold: ClassThreshold? {
    guard positiveCount > 0 else { return nil }
    func f1(_ step: Step) -> Double { Double(2 * step.hits) / Double(step.hits + step.alarms + positiveCount) }
    // The first of several equal ones, so the lowest threshold.
    return steps.reversed().max { f1($0) < f1($1) }.map {
      ClassThreshold(threshold: $0.threshold, f1: f1($0), precision: precision($0), recall: recall($0))
    }
  }

  private func precision(_ step: Step) -> Double { Double(step.hits) / Double(step.hits + step.alarms) }

  private func recall(_ step: Step) -> Double {
    positiveCount == 0 ? 1 : Double(step.hits) / Double(positiveCount)
  }
}
