import Autograd
import Tensor

/// Cross-entropy of classes given by their index: -log p[class].
///
/// Shapes: predicted `[N, C]`, expected `[N]` or `[N, 1]` with whole numbers from 0 to C - 1.
public struct SparseCategoricalCrossEntropy: Loss {
  private let dense: CategoricalCrossEntropy

  /// Makes the loss; `fromLogits` when the model's output is logits and not probabilities.
  public init(fromLogits: Bool = false) {
    dense = CategoricalCrossEntropy(fromLogits: fromLogits)
  }

  /// Whether the model's output is logits and not probabilities.
  public var fromLogits: Bool { dense.fromLogits }

  /// Probabilities or logits of classes.
  public var outputMeaning: OutputMeaning? { dense.outputMeaning }

  /// The cross-entropy of each example.
  public func perExample(predicted: Variable<Float>, expected: Tensor<Float>) -> Variable<Float> {
    dense.perExample(
      predicted: predicted, expected: Tensor(oneHot: expected.flattened(), classCount: predicted.shape[1]))
  }

  /// Throws unless predictions are `[N, C]` and targets `[N]` or `[N, 1]`, all of them classes.
  public func check(predicted: Shape, expected: Tensor<Float>) throws {
    func error(_ reason: String) -> LossError {
      LossError(predicted: predicted, expected: expected.shape, reason: reason)
    }
    guard predicted.rank == 2, expected.shape == [predicted[0]] || expected.shape == [predicted[0], 1] else {
      throw error("predictions [N, C] and class indices [N] are needed")
    }
    let classes = 0..<predicted[1]
    if let wrong = expected.scalars.first(where: { Int(exactly: $0).map(classes.contains) != true }) {
      throw error("\(wrong) is no class index; whole numbers from 0 to \(predicted[1] - 1) are needed")
    }
  }
}

extension Loss where Self == SparseCategoricalCrossEntropy {
  /// Cross-entropy of class indices and predicted probabilities.
  public static var sparseCategoricalCrossEntropy: SparseCategoricalCrossEntropy { SparseCategoricalCrossEntropy() }

  /// Cross-entropy of class indices and predicted probabilities or logits.
  public static func sparseCategoricalCrossEntropy(fromLogits: Bool) -> SparseCategoricalCrossEntropy {
    SparseCategoricalCrossEntropy(fromLogits: fromLogits)
  }
}
