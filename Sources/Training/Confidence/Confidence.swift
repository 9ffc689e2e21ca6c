import Data
import NN
import Tensor

/// How far the answers of a model can be trusted: what makes its probabilities right on average, and which photos are of none
/// of its classes. It is kept in the model file, and `classify` uses it.
///
/// ```swift
/// let cache = FeatureCache(of: model)
/// let features = try cache.features(of: train)
/// let confidence = try Confidence(on: features) { part in
///   let head = try Sequential(input: features.inputShape) { Dense(train.classes.count, activation: .softmax) }
///   try head.fit(part, epochs: 20, loss: .categoricalCrossEntropy)
///   return head
/// }
/// ```
///
/// Any training of the model removes it.
public struct Confidence: Equatable, Codable, Sendable {
  /// What the logits are divided by before the softmax: above 1 for a model that is too sure of itself.
  public let temperature: Double
  /// Which photos are of none of the classes; `nil` if it is not known.
  public internal(set) var rejection: Rejection?

  /// Makes the probabilities of a model right on average, from its answers for examples that it was not trained on.
  ///
  /// - Throws: ``ConfidenceError`` unless the examples have one class each, `TargetError` as ``Evaluation/classReading()``.
  public init(_ evaluation: Evaluation) throws {
    temperature = try ClassLogits(evaluation).smoothedTemperature
    rejection = nil
  }

  /// Learns from features which answers of a head to trust: it is trained on a part of the examples, and asked about the
  /// others.
  ///
  /// Give the result to the head that is trained on all features: `head.confidence = confidence`. Joined with the backbone, it
  /// rejects photos too.
  ///
  /// Cost: the training of a head, and some dozens of products of the features with a column for each class.
  ///
  /// - Parameters:
  ///   - features: the training examples. With several views, only the first view of an example is held out, and its other
  ///     views are not trained on. Copies of an example are in the same part.
  ///   - share: the share of the examples to hold out, of each class.
  ///   - accepted: the share of photos of known classes that are to be accepted.
  ///   - seed: of the choice of the examples.
  ///   - training: trains a head on a part of the features, just as the final one.
  /// - Throws: ``ConfidenceError``, and the errors of the training.
  public init(
    on features: FeatureDataset, holdingOut share: Double = 0.2, accepting accepted: Double = 0.95, seed: UInt64 = 0,
    training: (any Dataset) throws -> Model
  ) throws {
    for (name, value) in [("the share to hold out", share), ("the share to accept", accepted)] {
      guard value > 0, value < 1 else { throw ConfidenceError.share(name, value) }
    }
    let (labels, count) = (try features.checkedLabels(), features.count)
    let heldOut = max(features.views, Int(Double(count) * share))
    guard heldOut < count else { throw ConfidenceError.tooFewExamples(count) }
    let parts = stratifiedSplit(labels: labels, groups: features.groups, heldOut: heldOut, seed: seed)
    let shown = parts.heldOut.filter { $0 % features.views == 0 }
    guard !parts.kept.isEmpty, !shown.isEmpty else { throw ConfidenceError.tooFewExamples(count) }

    let head = try training(DatasetSelection(whole: features, indices: parts.kept))
    let unseen = features.features.gathering(shown)
    temperature = try ClassLogits(
      head.predict(unseen), meaning: head.outputMeaning, labels: shown.map { labels[$0] }
    ).smoothedTemperature
    rejection = Rejection(
      learning: features.features.gathering(parts.kept), labels: parts.kept.map { labels[$0] },
      classCount: max(features.classes.count, (labels.max() ?? 0) + 1), heldOut: unseen, accepted: accepted, seed: seed
    )?.learned(from: features)
  }

  /// Learns which answers of a model to trust that was trained on all training examples, backbone and all: from the features that
  /// it makes of them now, and from examples that it has not seen.
  ///
  /// ```swift
  /// let stages = FineTuning(head: 2, then: .all(epochs: 2, learningRate: 1e-4))
  /// try model.fit(train, validation: test, fineTuning: stages, loss: .categoricalCrossEntropy)
  /// let cache = FeatureCache(of: try model.upTo("pool"))
  /// model.confidence = try Confidence(
  ///   model.evaluate(test, loss: .categoricalCrossEntropy), layer: "pool", learning: cache.features(of: train),
  ///   heldOut: cache.features(of: test))
  /// ```
  ///
  /// The temperature and the threshold are those of the held-out examples: figures of the result on them are a little too good.
  ///
  /// Cost: some dozens of products of the features with a column for each class; the features cost an inference for each example.
  ///
  /// - Parameters:
  ///   - evaluation: the model's answers for the held-out examples.
  ///   - layer: the layer that makes the features; `nil` for a head that gets them as its input.
  ///   - features: of the training examples.
  ///   - heldOut: features of the held-out examples, by the same backbone.
  ///   - accepted: the share of photos of known classes that are to be accepted.
  ///   - seed: of the choice of the examples that are kept.
  /// - Throws: ``ConfidenceError``; ``FitError/otherFeatures(_:)`` for features of two backbones; `TargetError` as
  ///   ``Evaluation/classReading()``.
  public init(
    _ evaluation: Evaluation, layer: String? = nil, learning features: FeatureDataset, heldOut: FeatureDataset,
    accepting accepted: Double = 0.95, seed: UInt64 = 0
  ) throws {
    guard accepted > 0, accepted < 1 else { throw ConfidenceError.share("the share to accept", accepted) }
    try DataMeaning(heldOut, "the held-out examples").check(against: DataMeaning(features, "the training examples"))
    let labels = try features.checkedLabels()
    _ = try heldOut.checkedLabels()
    try self.init(evaluation)
    rejection = Rejection(
      learning: features.features, labels: labels, classCount: max(features.classes.count, (labels.max() ?? 0) + 1),
      heldOut: heldOut.features, accepted: accepted, seed: seed
    )?.learned(from: features, of: layer)
  }

  /// Reads a confidence from a file.
  ///
  /// - Throws: `DecodingError` when a part is missing or makes no sense.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    temperature = try container.decode(Double.self, forKey: .temperature)
    rejection = try container.decodeIfPresent(Rejection.self, forKey: .rejection)
    guard temperature > 0, temperature.isFinite else {
      throw DecodingError.dataCorruptedError(
        forKey: .temperature, in: container, debugDescription: "the temperature is \(temperature)")
    }
  }
}

extension Confidence {
  /// The temperature alone, for a model that no longer has the layer that the rule for unknown photos looks at.
  package var withoutRejection: Confidence {
    var result = self
    result.rejection = nil
    return result
  }
}

extension FeatureDataset {
  /// The class of each example.
  ///
  /// - Throws: ``ConfidenceError`` unless all examples have one class and finite features.
  func checkedLabels() throws(ConfidenceError) -> [Int] {
    guard let labels = classLabels, labels.count == count, count > 0 else { throw .noClasses }
    guard features.sum().scalar.isFinite || features.scalars.allSatisfy(\.isFinite) else { throw .notFinite }
    return labels
  }
}

extension Evaluation {
  /// The expected calibration error: by how much the probability of the most likely class differs, on average, from the share of
  /// right answers among examples with about this probability (Guo et al. 2017, equation 5).
  ///
  /// - Parameters:
  ///   - temperature: divides the logits first, such as that of a ``Confidence``; `nil` for the probabilities of the evaluation.
  ///   - bins: the number of intervals that examples are sorted into by their highest probability.
  /// - Throws: ``ConfidenceError`` and `TargetError` unless each example has one class.
  public func calibrationError(temperature: Double? = nil, bins: Int = 15) throws -> Double {
    require(bins >= 1, "calibrationError: \(bins) bins")
    return try ClassLogits(self).calibrationError(temperature: temperature ?? self.temperature, bins: bins)
  }
}
