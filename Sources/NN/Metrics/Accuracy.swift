import Tensor

/// The share of examples whose predicted class is the expected one.
///
/// The kind follows from the shapes, as in Keras: targets `[N, C]` name the class by their largest element, targets
/// `[N]` or `[N, 1]` by its index (a number that is no class counts as a miss); a prediction `[N, 1]` is a probability, and right when on the target's side of ½.
public struct Accuracy: Metric {
  /// "accuracy"
  public var name: String { "accuracy" }
  private var mean = RunningMean()

  /// Makes an accuracy.
  public init() {}

  /// The share so far.
  public var value: Double { mean.value }

  /// Takes in a batch.
  public mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>) {
    guard predicted.count > 0 else { return }
    let right: [Bool]
    if predicted.shape.last == 1 {
      right = zip(predicted.scalars, expected.scalars).map { ($0 > 0.5) == ($1 > 0.5) }
    } else {
      right = zip(predicted.argmax().scalars, classIndices(expected, like: predicted)).map { Int($0) == $1 }
    }
    mean.add(mean: Double(right.count { $0 }) / Double(right.count), count: right.count)
  }

  /// Starts anew.
  public mutating func reset() { mean = RunningMean() }
}

/// The share of examples whose expected class is among the k likeliest ones.
public struct TopKAccuracy: Metric {
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

  /// Takes in a batch of predictions `[N, C]`. A class counts when fewer than k others are more likely. Stops for
  /// predictions of another rank.
  public mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>) {
    require(predicted.rank == 2, "TopKAccuracy: predictions [N, C] are needed, found \(predicted.shape)")
    guard predicted.count > 0 else { return }
    let classes = predicted.shape[1]
    let scores = predicted.scalars
    let hits = classIndices(expected, like: predicted).enumerated().count { example, index in
      guard let index, (0..<classes).contains(index) else { return false }
      let row = scores[example * classes..<(example + 1) * classes]
      // Counted by what is not larger: NaN, of the class itself or of another, makes a miss.
      return row.count { $0 <= row[row.startIndex + index] } > classes - k
    }
    mean.add(mean: Double(hits) / Double(predicted.shape[0]), count: predicted.shape[0])
  }

  /// Starts anew.
  public mutating func reset() { mean = RunningMean() }
}

/// The class of each target: the place of the largest element of a row, or the index itself; `nil` for a number that
/// is no index.
private func classIndices(_ expected: Tensor<Float>, like predicted: Tensor<Float>) -> [Int?] {
  expected.shape == predicted.shape
    ? expected.argmax().scalars.map { Int($0) } : expected.scalars.map { Int(exactly: $0) }
}
