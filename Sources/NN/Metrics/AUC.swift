import Tensor

/// The area under a curve over all thresholds between yes and no, by Riemann sums over Keras's thresholds.
///
/// 1 for answers that are always right, ½ under the ROC curve for guesses. Thresholds lie evenly between 0 and 1, or where
/// they are asked for. Targets are 0 or 1 for each output `[N, C, …]`; class indices `[N, …]` stand for one-hot rows. All
/// outputs together make one curve, or each class makes its own, and the areas are averaged. Where the loss says that
/// outputs are logits, they become probabilities first; other outputs are taken for probabilities.
public struct AUC: WeightedMetric {
  /// The curve whose area is measured.
  public enum Curve: String, Codable, Sendable, CaseIterable {
    /// The receiver operating characteristic: recall over the share of false alarms.
    case roc = "ROC"
    /// Precision over recall. Between two thresholds it is interpolated as by Davis and Goadrich (2006).
    case pr = "PR"
    /// Precision gain over recall gain (Flach and Kull 2015).
    case prGain = "PRGAIN"
  }

  /// The height of the curve between two thresholds.
  public enum Summation: String, Codable, Sendable, CaseIterable {
    /// The mean of both ends.
    case interpolation
    /// The larger end: never too small.
    case majoring
    /// The smaller end: never too large.
    case minoring
  }

  /// The name in the history.
  public let name: String
  /// The curve.
  public let curve: Curve
  /// The height of the curve between two thresholds.
  public let summation: Summation
  /// Whether each class has a curve of its own.
  public let isMultiLabel: Bool
  /// The weight of each class; `nil` for equal weights.
  public let labelWeights: [Float]?
  /// Whether outputs go through a sigmoid, whatever the loss says.
  public let fromLogits: Bool
  private let thresholds: Thresholds
  private let areThresholdsGiven: Bool
  private var meaning: OutputMeaning?
  /// One for each class with a curve of its own, else a single one.
  private var counts: [ThresholdCounts] = []

  /// Makes the metric. Stops when there are fewer than two thresholds.
  ///
  /// - Parameters:
  ///   - thresholdCount: the number of thresholds, 0 and 1 included.
  ///   - thresholds: the thresholds between 0 and 1, in place of their number.
  ///   - curve: the curve.
  ///   - summation: the height of the curve between two thresholds.
  ///   - isMultiLabel: whether each class has a curve of its own.
  ///   - labelWeights: the weight of each class.
  ///   - fromLogits: whether outputs go through a sigmoid, whatever the loss says.
  ///   - name: the name in the history.
  public init(
    thresholdCount: Int = 200, thresholds: [Float]? = nil, curve: Curve = .roc,
    summation: Summation = .interpolation, isMultiLabel: Bool = false, labelWeights: [Float]? = nil,
    fromLogits: Bool = false, name: String = "auc"
  ) {
    self.thresholds = thresholds.map(Thresholds.init(inner:)) ?? Thresholds(count: thresholdCount)
    areThresholdsGiven = thresholds != nil
    self.curve = curve
    self.summation = summation
    self.isMultiLabel = isMultiLabel
    self.labelWeights = labelWeights
    self.fromLogits = fromLogits
    self.name = name
  }

  /// The number of thresholds, those below 0 and above 1 included.
  public var thresholdCount: Int { thresholds.values.count }
  /// The thresholds between 0 and 1 that were asked for; `nil` for evenly spaced ones.
  public var givenThresholds: [Float]? { areThresholdsGiven ? Array(thresholds.values.dropFirst().dropLast()) : nil }

  /// The area so far, the mean over the classes where each has its own curve.
  public var value: Double {
    let areas = counts.map { $0.area(under: curve, summation) }
    guard isMultiLabel, let labelWeights else { return areas.isEmpty ? 0 : areas.reduce(0, +) / Double(areas.count) }
    let weights = labelWeights.map(Double.init)
    let total = weights.reduce(0, +)
    return total == 0 ? 0 : zip(areas, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
  }

  /// The larger the better.
  public var direction: MetricDirection? { .max }

  /// Notes whether the outputs are logits.
  public mutating func prepare(for meaning: OutputMeaning?) { self.meaning = meaning }

  /// Throws ``TargetError`` unless there is a yes or no for each output, and a weight for each class.
  public func check(predicted: Shape, expected: Tensor<Float>) throws {
    try check(predicted, expected)
  }

  private func check(_ predicted: Shape, _ expected: Tensor<Float>) throws(TargetError) {
    _ = try AnswerReading.expected(expected, outputs: predicted)
    let classes = predicted.classCount
    if let labelWeights, labelWeights.count != classes {
      throw TargetError(
        predicted: predicted, expected: expected.shape, reason: "there are \(labelWeights.count) labelWeights")
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
    let outputs = fromLogits ? predicted.sigmoid() : predicted
    let reading = orStop("AUC") { () throws(TargetError) in
      try check(predicted.shape, expected)
      return try AnswerReading(predicted: outputs, expected: expected, meaning: fromLogits ? nil : meaning)
    }
    let curves = isMultiLabel ? reading.classCount : 1
    if counts.count != curves || !counts.allSatisfy({ $0.fits(thresholds) }) {
      counts = Array(repeating: ThresholdCounts(thresholds), count: curves)
    }
    let exampleWeights = weights?.scalars
    for index in reading.predicted.indices {
      let label = reading.classIndex(at: index)
      // With a curve for each class, the weights of the classes are those of the areas.
      let classWeight = isMultiLabel ? 1 : labelWeights.map { Double($0[label]) } ?? 1
      let weight = exampleWeights.map { Double($0[reading.example(at: index)]) } ?? 1
      counts[isMultiLabel ? label : 0].add(
        bucket: thresholds.bucket(of: reading.predicted[index]), isYes: reading.expected[index],
        weight: weight * classWeight)
    }
  }

  /// Starts anew.
  public mutating func reset() { counts = [] }
}

extension Metric where Self == AUC {
  /// The area under the ROC curve; other curves and options: `AUC(curve: .pr)`.
  public static var auc: Self { AUC() }
}
