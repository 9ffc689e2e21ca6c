import Autograd
import Tensor

/// Cross-entropy of classes given by their index: -log p[class], computed as ``CategoricalCrossEntropy`` does.
///
/// Shapes: predicted `[N, C]`, expected `[N]` or `[N, 1]` with whole numbers from 0 to C - 1; for images predicted
/// `[N, C, H, W]`, expected `[N, H, W]` or `[N, 1, H, W]`. The loss of an example is the mean over its places.
///
/// Places of an ignored class, such as the border of an object, count 0. The others then count as much as all: the mean over
/// the batch is that over the places that are not ignored, as in Keras.
public struct SparseCategoricalCrossEntropy: Loss, Codable {
  private let dense: CategoricalCrossEntropy
  /// The class whose places do not count, such as 255 or -1; `nil` for none.
  public let ignoreClass: Int?

  /// Makes the loss.
  ///
  /// - Parameters:
  ///   - fromLogits: whether the model's output is logits instead of probabilities.
  ///   - ignoreClass: the class whose places do not count. It need not be one of the model's.
  public init(fromLogits: Bool = false, ignoreClass: Int? = nil) {
    dense = CategoricalCrossEntropy(fromLogits: fromLogits)
    self.ignoreClass = ignoreClass
  }

  /// Whether the model's output is logits instead of probabilities.
  public var fromLogits: Bool { dense.fromLogits }

  /// Probabilities or logits of classes.
  public var outputMeaning: OutputMeaning? { dense.outputMeaning }

  /// The cross-entropy of each example.
  public func perExample(predicted: Variable<Float>, expected: Tensor<Float>) -> Variable<Float> {
    let (shape, rank) = (predicted.shape, predicted.shape.rank)
    let counts = ignoreClass.map { expected.flattened() .!= Float($0) }
    let indices = counts.map { expected.flattened().masked(by: $0) } ?? expected.flattened()
    let rows = Tensor(oneHot: indices, classCount: shape[1])
    let classesLast = rows.reshaped(to: Shape([shape[0]] + shape.dropFirst(2) + [shape[1]]))
    let losses = dense.perPlace(
      predicted: predicted, expected: classesLast.permuted([0, rank - 1] + Array(1..<rank - 1)))
    guard let counts else { return losses.meanOfExamples() }
    let count = counts.scalars.count { $0 }
    let scale = count == 0 ? 0 : Float(counts.count) / Float(count)
    return losses.masked(by: counts.reshaped(to: losses.shape), scale: scale).meanOfExamples()
  }

  /// Throws unless predictions are `[N, C, …]` and targets the same without C, or with 1 in its place, all of them
  /// classes.
  public func check(predicted: Shape, expected: Tensor<Float>) throws {
    func error(_ reason: String) -> TargetError {
      TargetError(predicted: predicted, expected: expected.shape, reason: reason)
    }
    let places = Array(predicted.dropFirst(2))
    guard predicted.rank >= 2,
      [Shape([predicted[0]] + places), Shape([predicted[0], 1] + places)].contains(expected.shape)
    else {
      throw error(
        predicted.rank > 2
          ? "predictions [N, C, …] and class indices [N, …] are needed"
          : "predictions [N, C] and class indices [N] are needed")
    }
    let classes = 0..<predicted[1]
    func isClass(_ index: Int) -> Bool { classes.contains(index) || index == ignoreClass }
    if let wrong = expected.scalars.first(where: { Int(exactly: $0).map(isClass) != true }) {
      throw error("\(wrong) is not a class index; whole numbers from 0 to \(predicted[1] - 1) are needed")
    }
  }
}

extension Loss where Self == SparseCategoricalCrossEntropy {
  /// Cross-entropy of class indices and predicted probabilities.
  public static var sparseCategoricalCrossEntropy: SparseCategoricalCrossEntropy { SparseCategoricalCrossEntropy() }

  /// Cross-entropy of class indices and predicted probabilities or logits.
  public static func sparseCategoricalCrossEntropy(
    fromLogits: Bool = false, ignoreClass: Int? = nil
  ) -> SparseCategoricalCrossEntropy {
    SparseCategoricalCrossEntropy(fromLogits: fromLogits, ignoreClass: ignoreClass)
  }
}
