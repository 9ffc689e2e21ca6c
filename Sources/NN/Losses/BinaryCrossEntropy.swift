import Autograd
import Tensor

/// Cross-entropy of independent yes-or-no answers: the mean of -(t log p + (1 - t) log (1 - p)) over an example.
///
/// From probabilities, p is kept within [10⁻⁷, 1 - 10⁻⁷], as in Keras; from logits x it is computed as
/// max(x, 0) - x t + log(1 + e^-|x|), which no large number makes overflow. Shapes: predicted and expected `[N, …]`.
public struct BinaryCrossEntropy: Loss {
  /// Whether the model's output is logits and not probabilities.
  public let fromLogits: Bool
  /// The share α by which targets are drawn to one half: t ← t (1 - α) + α / 2.
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
    let targets = Variable(
      labelSmoothing == 0 ? expected : expected * (1 - labelSmoothing) + labelSmoothing / 2)
    let losses: Variable<Float>
    if fromLogits {
      losses = softplus(predicted) - predicted * targets
    } else {
      let p = predicted.clipped(to: probabilityEpsilon...(1 - probabilityEpsilon))
      losses = -(targets * p.log() + (1 - targets) * (1 - p).log())
    }
    return losses.flattenedImages().mean([1])
  }
}

/// log(1 + eˣ), with the gradient σ(x) stated as such: that of max(x, 0) + log(1 + e^-|x|) would be wrong at 0.
private func softplus(_ x: Variable<Float>) -> Variable<Float> {
  let result = x.value.relu() + (1 + (-x.value.absolute()).exp()).log()
  return Variable(result, from: (x, { $0 * x.value.sigmoid() }))
}

extension Loss where Self == BinaryCrossEntropy {
  /// Cross-entropy of yes-or-no targets and predicted probabilities.
  public static var binaryCrossEntropy: BinaryCrossEntropy { BinaryCrossEntropy() }

  /// Cross-entropy of yes-or-no targets and predicted probabilities or logits.
  public static func binaryCrossEntropy(fromLogits: Bool = false, labelSmoothing: Float = 0) -> BinaryCrossEntropy {
    BinaryCrossEntropy(fromLogits: fromLogits, labelSmoothing: labelSmoothing)
  }
}
