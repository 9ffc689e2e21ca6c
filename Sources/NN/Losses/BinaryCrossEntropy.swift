import Autograd
import Tensor

/// Cross-entropy of independent yes-or-no answers: the mean of -(t log p + (1 - t) log (1 - p)) over an example.
///
/// From logits x it is computed as max(x, 0) - x t + log(1 + e^-|x|), which does not overflow. Where the predictions are
/// the output of a sigmoid, in training or in inference, the loss is computed from the sigmoid's input in the same way,
/// as Keras does on TensorFlow: probabilities that round to 0 or 1 still give the right loss and gradient. Other
/// probabilities are clipped to [10⁻⁷, 1 - 10⁻⁷], as in Keras.
///
/// A sigmoid output is never taken for logits: with `fromLogits`, too, the sigmoid's input is used.
///
/// Shapes: predicted and expected `[N, …]`.
public struct BinaryCrossEntropy: Loss, Codable {
  /// Whether the model's output is logits instead of probabilities.
  public let fromLogits: Bool
  /// The label smoothing α: t ← t (1 - α) + α / 2.
  public let labelSmoothing: Float

  /// Makes the loss.
  public init(fromLogits: Bool = false, labelSmoothing: Float = 0) {
    self.fromLogits = fromLogits
    self.labelSmoothing = labelSmoothing
  }

  /// Probabilities or logits of yes.
  public var outputMeaning: OutputMeaning? { fromLogits ? .binaryLogits : .binaryProbabilities }

  /// The mean cross-entropy of each example.
  public func perExample(predicted: Variable<Float>, expected: Tensor<Float>) -> Variable<Float> {
    let targets = expected.smoothed(by: labelSmoothing, classes: 2)
    let losses =
      fromLogits
      ? predicted.sigmoidCrossEntropy(ofOutput: targets)
      : predicted.binaryCrossEntropy(targets, within: probabilityBounds)
    return losses.meanOfExamples()
  }
}

extension Loss where Self == BinaryCrossEntropy {
  /// Cross-entropy of yes-or-no targets and predicted probabilities.
  public static var binaryCrossEntropy: BinaryCrossEntropy { BinaryCrossEntropy() }

  /// Cross-entropy of yes-or-no targets and predicted probabilities or logits.
  public static func binaryCrossEntropy(fromLogits: Bool = false, labelSmoothing: Float = 0) -> BinaryCrossEntropy {
    BinaryCrossEntropy(fromLogits: fromLogits, labelSmoothing: labelSmoothing)
  }
}
