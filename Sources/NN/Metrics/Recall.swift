import Tensor

/// The share of what is true that is found: true positives / (true positives + false negatives).
///
/// An answer is yes where the probability is above the threshold, and with top-k also among the k largest outputs. Each
/// output of `[N, C, …]` is an answer of its own, or that of one class alone. Targets are 0 or 1 for each output; class indices
/// `[N, …]` stand for one-hot rows. Where the loss says that outputs are logits, they become probabilities first.
public struct Recall: WeightedMetric {
  /// The name in the history.
  public let name: String
  private var counts: AnswerCounts

  /// Makes the metric. Stops when `topK` is below 1.
  ///
  /// - Parameters:
  ///   - threshold: a probability above it means yes. Without it ½, and with `topK` any of the k largest.
  ///   - topK: the number of largest outputs of an example that may mean yes; all when left out. Of equal outputs the
  ///     first is the largest.
  ///   - classID: the only class to count.
  ///   - name: the name in the history.
  public init(threshold: Float? = nil, topK: Int? = nil, classID: Int? = nil, name: String = "recall") {
    counts = AnswerCounts(threshold: threshold, topK: topK, classID: classID)
    self.name = name
  }

  /// A probability above it means yes; `nil` for ½, or for any of the k largest.
  public var threshold: Float? { counts.threshold }
  /// The number of largest outputs that may mean yes; `nil` for all.
  public var topK: Int? { counts.topK }
  /// The only class to count; `nil` for all.
  public var classID: Int? { counts.classID }

  /// The share so far; 0 where nothing was to be found.
  public var value: Double {
    let all = counts.truePositives + counts.falseNegatives
    return all == 0 ? 0 : counts.truePositives / all
  }
  /// The larger the better.
  public var direction: MetricDirection? { .max }

  /// Notes whether the outputs are logits.
  public mutating func prepare(for meaning: OutputMeaning?) { counts.meaning = meaning }

  /// Throws ``TargetError`` unless there is a yes or no for each output, and the outputs have the class.
  public func check(predicted: Shape, expected: Tensor<Float>) throws {
    try counts.check(predicted: predicted, expected: expected)
  }

  /// Adds a batch. Stops where ``check(predicted:expected:)`` throws.
  public mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>) {
    orStop("Recall") { () throws(TargetError) in try counts.add(predicted: predicted, expected: expected) }
  }

  /// Adds a batch of weighted examples. Stops where ``check(predicted:expected:)`` throws.
  public mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>, weights: Tensor<Float>) {
    orStop("Recall") { () throws(TargetError) in
      try counts.add(predicted: predicted, expected: expected, weights: weights)
    }
  }

  /// Starts anew.
  public mutating func reset() { counts.reset() }
}

extension Metric where Self == Recall {
  /// The share of what is true that is found; with options: `Recall(topK: 2)`.
  public static var recall: Self { Recall() }
}
