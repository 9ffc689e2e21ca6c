import Tensor

/// What the numbers of a model's output mean. A ``Loss`` says which meaning it expects.
public enum OutputMeaning: String, Hashable, Codable, Sendable, CaseIterable {
  /// Probabilities of classes of which exactly one is right. They add up to 1 along the class axis, as behind a softmax.
  case probabilities
  /// Unbounded scores of classes of which exactly one is right. A softmax along the class axis gives the probabilities.
  case logits
  /// Independent probabilities of yes, one for each output, as behind a sigmoid.
  case binaryProbabilities
  /// Unbounded scores of independent answers. A sigmoid gives the probabilities of yes.
  case binaryLogits
  /// Quantities of any size: regression.
  case values

  /// Whether the outputs are unbounded scores that must become probabilities first.
  public var isLogits: Bool { self == .logits || self == .binaryLogits }

  /// The outputs `[N, …]` as probabilities; `nil` for ``values``.
  ///
  /// Probabilities are returned as they are, logits go through a softmax along the class axis or through a sigmoid.
  public func probabilities(of outputs: Tensor<Float>) -> Tensor<Float>? {
    switch self {
    case .probabilities, .binaryProbabilities: outputs
    case .logits: outputs.softmax(axis: channelAxis(of: outputs.shape))
    case .binaryLogits: outputs.sigmoid()
    case .values: nil
    }
  }
}

extension Loss {
  /// Not known.
  public var outputMeaning: OutputMeaning? { nil }

  /// The accuracy for classes and yes-or-no answers, none for regression and for losses that do not say what outputs mean.
  public var defaultMetrics: [any Metric] {
    switch outputMeaning {
    case .probabilities, .logits, .binaryProbabilities, .binaryLogits: [Accuracy()]
    case .values, nil: []
    }
  }
}
