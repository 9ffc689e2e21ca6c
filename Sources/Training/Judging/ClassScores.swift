import NN
import Tensor

/// The probabilities of the classes for examples that have one class each.
///
/// ```swift
/// let scores = try ClassScores(model.evaluate(test, loss: .categoricalCrossEntropy))
/// print(try scores.topKAccuracy(3), try scores.rankings().macroAUC ?? .nan, scores.mistakes(limit: 10))
/// ```
public struct ClassScores: Sendable {
  /// The names of the classes.
  public let classes: [String]
  /// The class of each example.
  public let labels: [Int]
  /// The probabilities, row by row.
  let values: [Double]

  /// Takes probabilities `[N, C]`, row by row.
  ///
  /// - Throws: ``JudgingError`` if there are no examples, a number is not finite or no probability, the counts do not
  ///   fit, or a label is none of the classes.
  public init(probabilities: [Double], labels: [Int], classes: [String]) throws(JudgingError) {
    guard !labels.isEmpty else { throw .noExamples }
    guard probabilities.count == labels.count * classes.count else {
      throw .counts(
        "probabilities", probabilities.count, "pairs of an example and a class", labels.count * classes.count)
    }
    if let wrong = labels.firstIndex(where: { !classes.indices.contains($0) }) {
      throw .label(labels[wrong], example: wrong, classCount: classes.count)
    }
    try Self.check(probabilities, classCount: classes.count)
    (self.classes, self.labels, values) = (classes, labels, probabilities)
  }

  /// Reads the outputs of a model, `[N, C]`, or `[N, 1]` for two classes. Logits become the probabilities that
  /// ``NN/Model/classify(_:views:)`` gives.
  ///
  /// - Parameters:
  ///   - evaluation: what the model gave for examples with one class each.
  ///   - temperature: divides the logits first, such as that of a ``Confidence``; `nil` for the probabilities of the evaluation.
  /// - Throws: ``JudgingError`` as ``init(probabilities:labels:classes:)``, and where the outputs are no scores of classes;
  ///   ``ConfidenceError`` and `TargetError` unless each example has one class.
  public init(_ evaluation: Evaluation, temperature: Double? = nil) throws {
    let temperature = temperature ?? evaluation.temperature
    let (outputs, meaning) = (evaluation.predicted, evaluation.outputMeaning)
    // Data without names: the classes have numbers.
    let count = outputs.shape.last == 1 ? 2 : outputs.shape.last ?? 0
    let classes = evaluation.classes.isEmpty ? (0..<count).map(String.init) : evaluation.classes
    let isPair = outputs.shape == [outputs.shape.first ?? 0, 1] && classes.count == 2
    guard isPair || outputs.shape == [outputs.shape.first ?? 0, classes.count], meaning != .values else {
      throw JudgingError.outputs(outputs.shape, meaning: meaning, classCount: classes.count)
    }
    guard outputs.shape[0] > 0 else { throw JudgingError.noExamples }
    if let wrong = outputs.scalars.firstIndex(where: { !$0.isFinite }) {
      throw JudgingError.notFinite(example: wrong / outputs.shape[1], found: numberText(Double(outputs.scalars[wrong])))
    }
    guard temperature > 0, temperature.isFinite else {
      throw JudgingError.option("the temperature", found: "\(temperature)", expected: "a number above 0")
    }
    let labels = try evaluation.classReading().expected.enumerated().map { example, label in
      guard let label else { throw JudgingError.label(-1, example: example, classCount: classes.count) }
      return label
    }
    let values: [Double]
    // Each of several answers of yes or no has a probability of its own, as in `classify`.
    let isSeveral = meaning == .binaryLogits && !isPair
    if temperature == evaluation.temperature, meaning?.isLogits != true || isSeveral {
      // As the model gives them: a detour over logarithms would tear apart what is equal.
      let shares = (isSeveral ? outputs.sigmoid() : outputs).scalars.map { Double($0) }
      values = isPair ? shares.flatMap { [1 - $0, $0] } : shares
    } else {
      values = try ClassLogits(evaluation).probabilities(temperature: temperature)
    }
    try self.init(probabilities: values, labels: labels, classes: classes)
  }

  /// Throws unless all numbers are probabilities. Those of a softmax may be a little above 1 by rounding.
  private static func check(_ probabilities: [Double], classCount: Int) throws(JudgingError) {
    guard let wrong = probabilities.firstIndex(where: { !($0 >= -1e-5 && $0 <= 1 + 1e-5) }) else { return }
    let (example, found) = (wrong / classCount, numberText(probabilities[wrong]))
    guard probabilities[wrong].isFinite else { throw .notFinite(example: example, found: found) }
    throw .outOfRange(example: example, found: found)
  }

  /// The number of examples.
  public var count: Int { labels.count }

  /// The probabilities of the classes for one example.
  public subscript(example: Int) -> ArraySlice<Double> {
    values[example * classes.count..<(example + 1) * classes.count]
  }

  /// The most likely class of each example, the first on ties.
  public var predicted: [Int] {
    labels.indices.map { example in
      let row = self[example]
      return (row.indices.max { row[$0] < row[$1] } ?? row.startIndex) - row.startIndex
    }
  }

  /// The share of examples whose most likely class is right.
  public var accuracy: Double { Double(zip(predicted, labels).count { $0 == $1 }) / Double(count) }

  /// How often each class was predicted as each other class.
  public var confusion: ConfusionCounts {
    ConfusionCounts(expected: labels, predicted: predicted, classes: classes)
  }

  /// The share of examples whose class is among the `k` most likely, as scikit-learn's `top_k_accuracy_score`: of equal
  /// probabilities, the later class comes first.
  ///
  /// - Throws: ``JudgingError`` if `k` is below 1.
  public func topKAccuracy(_ k: Int) throws(JudgingError) -> Double {
    guard k >= 1 else { throw .option("k", found: "\(k)", expected: "at least 1") }
    let hits = labels.enumerated().count { example, label in
      let row = self[example]
      let own = row[row.startIndex + label]
      return row.indices.count { row[$0] > own || (row[$0] == own && $0 > row.startIndex + label) } < k
    }
    return Double(hits) / Double(count)
  }

  /// The examples at some places, which may repeat.
  func selecting(_ places: [Int]) throws(JudgingError) -> ClassScores {
    try ClassScores(
      probabilities: places.flatMap { self[$0] }, labels: places.map { labels[$0] }, classes: classes)
  }
}
