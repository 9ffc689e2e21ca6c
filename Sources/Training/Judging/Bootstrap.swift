import Tensor

/// An interval that holds the true value of a figure with a given probability.
public struct ConfidenceInterval: Hashable, Codable, Sendable {
  /// Its ends.
  public let lower, upper: Double
  /// The probability, such as 0.95.
  public let level: Double
}

/// Confidence intervals by drawing from the examples again and again (Efron 1979, "Bootstrap Methods"), by percentiles.
///
/// ```swift
/// let right = [true, true, false, true]
/// let interval = try Bootstrap().interval(examples: right.count) { sample in
///   Double(sample.count { right[$0] }) / Double(sample.count)
/// }
/// ```
public struct Bootstrap: Sendable {
  private let resamples: Int
  private let level: Double
  private let seed: UInt64

  /// - Parameters:
  ///   - resamples: how often examples are drawn.
  ///   - level: the probability that the interval holds the true value.
  ///   - seed: of the draws.
  /// - Throws: ``JudgingError`` unless there is a resample and the level is above 0 and below 1.
  public init(resamples: Int = 1000, level: Double = 0.95, seed: UInt64 = 0) throws(JudgingError) {
    guard resamples >= 1 else {
      throw .option("the number of resamples", found: "\(resamples)", expected: "at least 1")
    }
    guard level > 0, level < 1 else {
      throw .option("the level", found: "\(level)", expected: "a number above 0 and below 1")
    }
    (self.resamples, self.level, self.seed) = (resamples, level, seed)
  }

  /// The interval of a statistic. Cost: the statistic, once for each resample.
  ///
  /// - Parameters:
  ///   - examples: the number of examples.
  ///   - statistic: the figure of the examples at some places, which repeat.
  /// - Throws: ``JudgingError`` without examples or where the statistic is not finite, and the errors of the statistic.
  public func interval(examples: Int, of statistic: ([Int]) throws -> Double) throws -> ConfidenceInterval {
    guard examples > 0 else { throw JudgingError.noExamples }
    var generator = RandomGenerator(seed: seed)
    return try interval(
      samples: (0..<resamples).lazy.map { _ in (0..<examples).map { _ in generator.integer(below: examples) } },
      of: statistic)
  }

  /// The interval of a statistic over given samples.
  func interval(samples: some Sequence<[Int]>, of statistic: ([Int]) throws -> Double) throws -> ConfidenceInterval {
    var values: [Double] = []
    for sample in samples {
      let value = try statistic(sample)
      guard value.isFinite else {
        throw JudgingError.option("the statistic of a resample", found: "\(value)", expected: "a finite number")
      }
      values.append(value)
    }
    values.sort()
    return ConfidenceInterval(
      lower: Self.quantile(values, (1 - level) / 2), upper: Self.quantile(values, (1 + level) / 2), level: level)
  }

  /// A quantile of sorted values, by linear interpolation as NumPy's.
  private static func quantile(_ sorted: [Double], _ share: Double) -> Double {
    let position = share * Double(sorted.count - 1)
    let below = min(max(Int(position), 0), sorted.count - 1)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (sorted[above] - sorted[below]) * (position - Double(below))
  }
}

extension ClassScores {
  /// The confidence interval of the accuracy.
  ///
  /// - Throws: ``JudgingError`` for wrong options.
  public func accuracyInterval(_ bootstrap: Bootstrap) throws -> ConfidenceInterval {
    let rights = zip(predicted, labels).map { $0 == $1 ? 1 : 0 }
    return try bootstrap.interval(examples: count) { sample in
      Double(sample.reduce(0) { $0 + rights[$1] }) / Double(sample.count)
    }
  }

  /// The confidence interval of the plain mean of the classes' F1. A class that a resample has no example of is left out, as in
  /// ``ClassificationReport``.
  ///
  /// - Throws: ``JudgingError`` for wrong options.
  public func macroF1Interval(_ bootstrap: Bootstrap) throws -> ConfidenceInterval {
    let predicted = predicted
    return try bootstrap.interval(examples: count) { sample in
      ClassificationReport(
        ConfusionCounts(
          expected: sample.map { labels[$0] }, predicted: sample.map { predicted[$0] }, classes: classes)
      ).macroAverage.f1
    }
  }
}
