import Autograd
import Tensor

/// Cross-entropy of yes-or-no answers in which well predicted ones count less: the mean over an example of
/// -(1 - r)^γ (t log p + (1 - t) log (1 - p)), where r = t p + (1 - t) (1 - p) is the probability of the truth.
///
/// For answers of which few are yes (Lin et al. 2017). Where the predictions are the output of a sigmoid, the loss is computed from
/// the sigmoid's input, as by ``BinaryCrossEntropy``; other probabilities are clipped to [10⁻⁷, 1 - 10⁻⁷] in the logarithms, as
/// in Keras.
///
/// Shapes: predicted and expected `[N, …]`.
public struct BinaryFocalCrossEntropy: Loss, Codable {
  /// Whether answers are weighted by α.
  public let applyClassBalancing: Bool
  /// α, the weight of yes; 1 - α is that of no.
  public let alpha: Float
  /// γ, at least 0. The larger, the less well predicted answers count; 0 gives the cross-entropy.
  public let gamma: Float
  /// Whether the model's output is logits instead of probabilities.
  public let fromLogits: Bool
  /// The label smoothing β: t ← t (1 - β) + β / 2.
  public let labelSmoothing: Float

  /// Makes the loss. Stops when γ is negative.
  public init(
    applyClassBalancing: Bool = false, alpha: Float = 0.25, gamma: Float = 2, fromLogits: Bool = false,
    labelSmoothing: Float = 0
  ) {
    require(gamma >= 0, "BinaryFocalCrossEntropy: gamma is \(gamma), at least 0 is needed")
    self.applyClassBalancing = applyClassBalancing
    self.alpha = alpha
    self.gamma = gamma
    self.fromLogits = fromLogits
    self.labelSmoothing = labelSmoothing
  }

  /// Probabilities or logits of yes.
  public var outputMeaning: OutputMeaning? { fromLogits ? .binaryLogits : .binaryProbabilities }

  /// The mean focal cross-entropy of each example.
  public func perExample(predicted: Variable<Float>, expected: Tensor<Float>) -> Variable<Float> {
    let targets = expected.smoothed(by: labelSmoothing, classes: 2)
    let probabilities = fromLogits && !predicted.isProbabilities ? predicted.sigmoid() : predicted
    let losses = probabilities.binaryFocalCrossEntropy(targets, gamma: gamma, within: probabilityBounds)
    guard applyClassBalancing else { return losses.meanOfExamples() }
    return (losses * Variable(targets * alpha + (1 - targets) * (1 - alpha))).meanOfExamples()
  }
}

extension Loss where Self == BinaryFocalCrossEntropy {
  /// Focal cross-entropy of yes-or-no targets and predicted probabilities or logits.
  public static func binaryFocalCrossEntropy(
    applyClassBalancing: Bool = false, alpha: Float = 0.25, gamma: Float = 2, fromLogits: Bool = false,
    labelSmoothing: Float = 0
  ) -> BinaryFocalCrossEntropy {
    BinaryFocalCrossEntropy(
      applyClassBalancing: applyClassBalancing, alpha: alpha, gamma: gamma, fromLogits: fromLogits,
      labelSmoothing: labelSmoothing)
  }
}
