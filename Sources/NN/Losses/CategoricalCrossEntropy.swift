import Autograd
import Tensor

/// Cross-entropy between expected and predicted distributions over classes: -Σ tᵢ log pᵢ.
///
/// From logits, log p is their log softmax. Where the predictions are the output of a softmax, in training or in
/// inference, the loss is computed from the softmax's input in the same way, as Keras does on TensorFlow: probabilities
/// that round to 0 or 1 still give the right loss and gradient. Other probabilities are divided by their sum and clipped
/// to [10⁻⁷, 1 - 10⁻⁷], as in Keras.
///
/// A softmax output is never taken for logits: with `fromLogits`, too, the softmax's input is used.
///
/// Shapes: predicted and expected `[N, C]` or `[N, C, …]`, for images `[N, C, H, W]`. The loss of an example is the mean
/// over its places.
public struct CategoricalCrossEntropy: Loss, Codable {
  /// Whether the model's output is logits instead of probabilities.
  public let fromLogits: Bool
  /// The label smoothing α: t ← t (1 - α) + α / C.
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
    perPlace(predicted: predicted, expected: expected).meanOfExamples()
  }

  /// The cross-entropy at each place, `[N]` or `[N, …]`.
  func perPlace(predicted: Variable<Float>, expected: Tensor<Float>) -> Variable<Float> {
    let axis = channelAxis(of: predicted.shape)
    let classes = predicted.shape[predicted.shape.resolve(axis: axis, in: "CategoricalCrossEntropy")]
    let targets = expected.smoothed(by: labelSmoothing, classes: classes)
    return fromLogits
      ? predicted.softmaxCrossEntropy(ofOutput: targets, axis: axis)
      : predicted.crossEntropy(targets, axis: axis, within: probabilityBounds)
  }

  /// Throws unless both shapes are equal and have a class axis.
  public func check(predicted: Shape, expected: Tensor<Float>) throws {
    try checkClasses(predicted: predicted, expected: expected)
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
