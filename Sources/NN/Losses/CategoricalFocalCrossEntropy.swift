import Autograd
import Tensor

/// Cross-entropy between distributions over classes in which well predicted classes count less: -Σ αᵢ tᵢ (1 - pᵢ)^γ log pᵢ.
///
/// For classes of very different sizes (Lin et al. 2017). Where the predictions are the output of a softmax, the loss is computed
/// from the softmax's input, as by ``CategoricalCrossEntropy``; other probabilities are divided by their sum and clipped to
/// [10⁻⁷, 1 - 10⁻⁷], as in Keras.
///
/// Shapes: predicted and expected `[N, C]` or `[N, C, …]`. The loss of an example is the mean over its places.
public struct CategoricalFocalCrossEntropy: Loss, Codable {
  /// α, the weight of each class, or one weight for all of them.
  public let alpha: [Float]
  /// γ, at least 0. The larger, the less well predicted classes count; 0 gives the cross-entropy.
  public let gamma: Float
  /// Whether the model's output is logits instead of probabilities.
  public let fromLogits: Bool
  /// The label smoothing β: t ← t (1 - β) + β / C.
  public let labelSmoothing: Float

  /// Makes the loss. Stops when γ is negative.
  public init(alpha: [Float] = [0.25], gamma: Float = 2, fromLogits: Bool = false, labelSmoothing: Float = 0) {
    require(gamma >= 0, "CategoricalFocalCrossEntropy: gamma is \(gamma), at least 0 is needed")
    self.alpha = alpha
    self.gamma = gamma
    self.fromLogits = fromLogits
    self.labelSmoothing = labelSmoothing
  }

  /// Probabilities or logits of classes.
  public var outputMeaning: OutputMeaning? { fromLogits ? .logits : .probabilities }

  /// The focal cross-entropy of each example.
  public func perExample(predicted: Variable<Float>, expected: Tensor<Float>) -> Variable<Float> {
    let axis = predicted.shape.resolve(axis: channelAxis(of: predicted.shape), in: "CategoricalFocalCrossEntropy")
    let weights = Tensor(alpha).reshaped(to: Shape([alpha.count] + predicted.shape.dropFirst(axis + 1).map { _ in 1 }))
    let targets = expected.smoothed(by: labelSmoothing, classes: predicted.shape[axis]) * weights
    let probabilities = fromLogits && !predicted.isProbabilities ? predicted.softmax(axis: axis) : predicted
    return probabilities.focalCrossEntropy(targets, gamma: gamma, axis: axis, within: probabilityBounds)
      .meanOfExamples()
  }

  /// Throws unless both shapes are equal and have a class axis, and there is one α or one for each class.
  public func check(predicted: Shape, expected: Tensor<Float>) throws {
    try checkClasses(predicted: predicted, expected: expected)
    guard alpha.count == 1 || alpha.count == predicted.classCount else {
      throw TargetError(
        predicted: predicted, expected: expected.shape,
        reason: "there are \(alpha.count) numbers alpha, one or one for "
          + "each class is needed")
    }
  }
}

extension Loss where Self == CategoricalFocalCrossEntropy {
  /// Focal cross-entropy of one-hot targets and predicted probabilities or logits.
  public static func categoricalFocalCrossEntropy(
    alpha: [Float] = [0.25], gamma: Float = 2, fromLogits: Bool = false, labelSmoothing: Float = 0
  ) -> CategoricalFocalCrossEntropy {
    CategoricalFocalCrossEntropy(alpha: alpha, gamma: gamma, fromLogits: fromLogits, labelSmoothing: labelSmoothing)
  }
}
