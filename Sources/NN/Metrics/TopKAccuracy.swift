import Tensor

/// The share of examples whose expected class is among the k classes with the largest outputs.
///
/// Takes targets as ``Accuracy`` does, for outputs `[N, C]` or `[N, C, …]`.
public struct TopKAccuracy: WeightedMetric {
  /// The number of classes that count.
  public let k: Int
  private var mean = RunningMean()

  /// Makes a top-k accuracy.
  public init(k: Int = 5) {
    self.k = k
  }

  /// "top_5_accuracy" for k = 5.
  public var name: String { "top_\(k)_accuracy" }
  /// The share so far.
  public var value: Double { mean.value }
  /// The larger the better.
  public var direction: MetricDirection? { .max }

  /// Throws ``TargetError`` unless there are several outputs and each example has exactly one class.
  public func check(predicted: Shape, expected: Tensor<Float>) throws {
    _ = try classes(expected, outputs: predicted)
  }

  /// Adds a batch. A class counts as found when fewer than k others have a larger output; an output that is NaN never
  /// does. Stops where ``check(predicted:expected:)`` throws.
  public mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>) {
    let isFound = isFound(predicted, expected)
    guard !isFound.isEmpty else { return }
    mean.add(mean: Double(isFound.count(where: \.self)) / Double(isFound.count), count: isFound.count)
  }

  /// Adds a batch of weighted examples. Stops where ``check(predicted:expected:)`` throws.
  public mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>, weights: Tensor<Float>) {
    mean.add(isFound(predicted, expected).map { $0 ? 1 : 0 }, weights: weights)
  }

  private func isFound(_ predicted: Tensor<Float>, _ expected: Tensor<Float>) -> [Bool] {
    let outputs = predicted.shape
    let classes = orStop("TopKAccuracy") { () throws(TargetError) in try self.classes(expected, outputs: outputs) }
    guard !classes.isEmpty else { return [] }
    let shape = outputs.withClassesSecond
    let (classCount, positions) = (shape[1], shape.dropFirst(2).reduce(1, *))
    let scores = predicted.withClassesSecond(outputs: outputs).scalars
    return classes.enumerated().map { place, index in
      guard let index else { return false }
      let start = place / positions * classCount * positions + place % positions
      let row = stride(from: start, to: start + classCount * positions, by: positions)
      let own = scores[start + index * positions]
      // Counted by what is not larger: NaN, of the class itself or of another, makes a miss.
      return row.lazy.filter { scores[$0] <= own }.count > classCount - k
    }
  }

  /// Starts anew.
  public mutating func reset() { mean = RunningMean() }

  private func classes(_ expected: Tensor<Float>, outputs: Shape) throws(TargetError) -> [Int?] {
    guard outputs.rank > 1, outputs[channelAxis(of: outputs)] > 1 else {
      throw TargetError(predicted: outputs, expected: expected.shape, reason: "several outputs [N, C] are needed")
    }
    return try ClassReading.expected(expected, outputs: outputs)
  }
}

extension Metric where Self == TopKAccuracy {
  /// The share of examples whose expected class is among the k classes with the largest outputs.
  public static func topKAccuracy(k: Int = 5) -> Self { TopKAccuracy(k: k) }
}
