import Autograd
import Tensor

/// Cross-entropy between expected and predicted distributions over classes: -Σ tᵢ log pᵢ.
///
/// From probabilities, p is divided by its sum and kept within [10⁻⁷, 1 - 10⁻⁷], as in Keras; from logits,
/// log p = log softmax. The gradient of the loss and of a softmax at the end of the model is computed as one.
/// Shapes: predicted and expected `[N, C]`.
public struct CategoricalCrossEntropy: Loss {
  /// Whether the model's output is logits and not probabilities.
  public let fromLogits: Bool
  /// The share α of the targets that is spread evenly over the classes: t ← t (1 - α) + α / C.
  public let labelSmoothing: Float

  /// Makes the loss.
  public init(fromLogits: Bool = false, labelSmoothing: Float = 0) {
    self.fromLogits = fromLogits
    self.labelSmoothing = labelSmoothing
  }

  /// Probabilities or logits of classes.
  public var outputMeaning: OutputMeaning? { fromLogits ? .logits : .probabilities }

  /// The cross-entropy of each example.
  public func perExample(predicted: Variable<Float>, expected: Tensor<Float>) -> Variable<Float> {
    let targets =
      labelSmoothing == 0
      ? expected : expected * (1 - labelSmoothing) + labelSmoothing / Float(max(predicted.shape.last ?? 1, 1))
    if fromLogits { return -(predicted.logSoftmax() * Variable(targets)).sum([-1]) }
    return predicted.crossEntropy(targets, within: probabilityEpsilon...(1 - probabilityEpsilon))
  }
}

extension Loss where Self == CategoricalCrossEntropy {
  /// Cross-entropy of one-hot targets and predicted probabilities.
  public static var categoricalCrossEntropy: CategoricalCrossEntropy { CategoricalCrossEntropy() }

  /// Cross-entropy of one-hot targets and predicted probabilities or logits.
  public static func categoricalCrossEntropy(
    fromLogits: Bool = false, labelSmoothing: Float = 0
  ) -> CategoricalCrossEntropy {
    CategoricalCrossEntropy(fromLogits: fromLogits, labelSmoothing: labelSmoothing)
  }
}
