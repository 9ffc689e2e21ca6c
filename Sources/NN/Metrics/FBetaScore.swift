import Tensor

/// The harmonic mean of precision and recall, weighted by β²: (1 + β²) p r / (β² p + r).
///
/// β > 1 gives recall more weight. Without a threshold the largest output of an example means yes, as long as it is not 0;
/// with one, each probability above it. As in Keras, 10⁻⁷ is added to each divisor. Targets are 0 or 1 for each output
/// `[N, C, …]`; class indices `[N, …]` stand for one-hot rows. Where the loss says that outputs are logits, they become
/// probabilities first.
public struct FBetaScore: WeightedMetric {
  /// How one number is made of the scores of all classes.
  public enum Average: String, Codable, Sendable, CaseIterable {
    /// The score of all answers together.
    case micro
    /// The mean over the classes.
    case macro
    /// The mean over the classes, weighted by how often each is right.
    case weighted
  }

  /// The answers for one class: their numbers, or sums of the weights of their examples.
  private struct Counts: Codable, Sendable {
    var truePositives = 0.0
    var falsePositives = 0.0
    var falseNegatives = 0.0

    func score(beta: Double) -> Double {
      let precision = truePositives / (truePositives + falsePositives + 1e-7)
      let recall = truePositives / (truePositives + falseNegatives + 1e-7)
      return precision * recall / (beta * beta * precision + recall + 1e-7) * (1 + beta * beta)
    }
  }

  /// The name in the history.
  public let name: String
  /// How one number is made of the scores of all classes.
  public let average: Average
  /// β, the weight of recall.
  public let beta: Double
  /// A probability above it means yes; `nil` for the largest output of an example.
  public let threshold: Float?
  private var meaning: OutputMeaning?
  private var counts: [Counts] = []

  /// Makes the metric. Stops when β is not positive, or the threshold is not above 0 and at most 1.
  ///
  /// - Parameters:
  ///   - average: how one number is made of the scores of all classes.
  ///   - beta: β, the weight of recall.
  ///   - threshold: a probability above it means yes; without it, the largest output does.
  ///   - name: the name in the history; `f1_score` for β = 1, else `fbeta_score`, when left out.
  public init(average: Average = .macro, beta: Double = 1, threshold: Float? = nil, name: String? = nil) {
    require(beta > 0, "FBetaScore: beta is \(beta), a number above 0 is needed")
    if let threshold {
      require(
        threshold > 0 && threshold <= 1,
        "FBetaScore: threshold is \(threshold), a number above 0 and at most 1 is needed")
    }
    self.average = average
    self.beta = beta
    self.threshold = threshold
    self.name = name ?? (beta == 1 ? "f1_score" : "fbeta_score")
  }

  /// The score so far.
  public var value: Double {
    let scores = values
    switch average {
    case .micro:
      return counts.reduce(into: Counts()) { all, one in
        all.truePositives += one.truePositives
        all.falsePositives += one.falsePositives
        all.falseNegatives += one.falseNegatives
      }.score(beta: beta)
    case .macro:
      return scores.isEmpty ? 0 : scores.reduce(0, +) / Double(scores.count)
    case .weighted:
      let weights = counts.map { $0.truePositives + $0.falseNegatives }
      return zip(scores, weights).reduce(0) { $0 + $1.0 * $1.1 } / (weights.reduce(0, +) + 1e-7)
    }
  }

  /// The score of each class so far.
  public var values: [Double] { counts.map { $0.score(beta: beta) } }

  /// The larger the better.
  public var direction: MetricDirection? { .max }

  /// Notes whether the outputs are logits.
  public mutating func prepare(for meaning: OutputMeaning?) { self.meaning = meaning }

  /// Throws ``TargetError`` unless there is a yes or no for each output. One output needs a threshold.
  public func check(predicted: Shape, expected: Tensor<Float>) throws {
    try check(predicted, expected)
  }

  private func check(_ predicted: Shape, _ expected: Tensor<Float>) throws(TargetError) {
    _ = try AnswerReading.expected(expected, outputs: predicted)
    guard threshold != nil || predicted.classCount > 1 else {
      throw TargetError(
        predicted: predicted, expected: expected.shape, reason: "one output needs a threshold: it is always the largest"
      )
    }
  }

  /// Adds a batch. Stops where ``check(predicted:expected:)`` throws.
  public mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>) {
    add(predicted, expected, nil)
  }

  /// Adds a batch of weighted examples. Stops where ``check(predicted:expected:)`` throws.
  public mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>, weights: Tensor<Float>) {
    add(predicted, expected, weights)
  }

  private mutating func add(_ predicted: Tensor<Float>, _ expected: Tensor<Float>, _ weights: Tensor<Float>?) {
    let reading = orStop("FBetaScore") { () throws(TargetError) in
      try check(predicted.shape, expected)
      return try AnswerReading(predicted: predicted, expected: expected, meaning: meaning)
    }
    if counts.count != reading.classCount { counts = Array(repeating: Counts(), count: reading.classCount) }
    let weights = weights?.scalars
    for group in reading.groups {
      let outputs = reading.predicted
      let largest = group.reduce(-Float.infinity) { max($0, outputs[$1]) }
      for (number, index) in group.enumerated() {
        let isYes = threshold.map { outputs[index] > $0 } ?? (outputs[index] >= largest && abs(outputs[index]) > 1e-9)
        let weight = weights.map { Double($0[reading.example(at: index)]) } ?? 1
        switch (isYes, reading.expected[index]) {
        case (true, true): counts[number].truePositives += weight
        case (true, false): counts[number].falsePositives += weight
        case (false, true): counts[number].falseNegatives += weight
        case (false, false): break
        }
      }
    }
  }

  /// Starts anew.
  public mutating func reset() { counts = [] }
}

extension Metric where Self == FBetaScore {
  /// The harmonic mean of precision and recall, Keras's `F1Score`: ``FBetaScore`` with β = 1. Stops unless the threshold is
  /// above 0 and at most 1.
  ///
  /// - Parameters:
  ///   - average: how one number is made of the scores of all classes.
  ///   - threshold: a probability above it means yes; without it, the largest output does.
  public static func f1Score(average: FBetaScore.Average = .macro, threshold: Float? = nil) -> Self {
    FBetaScore(average: average, threshold: threshold)
  }

  /// The harmonic mean of precision and recall, weighted by β². Stops as the initializer of ``FBetaScore`` does.
  ///
  /// - Parameters:
  ///   - beta: β, the weight of recall.
  ///   - average: how one number is made of the scores of all classes.
  ///   - threshold: a probability above it means yes; without it, the largest output does.
  public static func fBetaScore(
    beta: Double, average: FBetaScore.Average = .macro, threshold: Float? = nil
  ) -> Self {
    FBetaScore(average: average, beta: beta, threshold: threshold)
  }
}
