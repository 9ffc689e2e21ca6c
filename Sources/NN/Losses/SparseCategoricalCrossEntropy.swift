import Autograd
import Tensor

/// Cross-entropy of classes given by their index: -log p[class], computed as ``CategoricalCrossEntropy`` does.
///
/// Shapes: predicted `[N, C]`, expected `[N]` or `[N, 1]` with whole numbers from 0 to C - 1; for images predicted
/// `[N, C, H, W]`, expected `[N, H, W]` or `[N, 1, H, W]`; for sequences predicted `[N, T, C]`, expected `[N, T]`. The
/// loss of an example is the mean over its places.
///
/// Places of an ignored class, such as the border of an object, count 0. The others then count as much as all: the mean over
/// the batch is that over the places that are not ignored, as in Keras; in a training over several processes, those of all of them.
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
    let (count, places) = Self.classes(of: shape)
    let rows = Tensor(oneHot: indices, classCount: count)
    let classesLast = rows.reshaped(to: Shape([shape[0]] + places + [count]))
    var order = Array(0..<rank - 1)
    order.insert(rank - 1, at: channelAxis(of: shape))
    let losses = dense.perPlace(predicted: predicted, expected: classesLast.permuted(order))
    guard let counts else { return losses.meanOfExamples() }
    let counted = counts.scalars.count { $0 }
    let scale = counted == 0 ? 0 : Float(counts.count) / Float(counted)
    return losses.masked(by: counts.reshaped(to: losses.shape), scale: scale).meanOfExamples()
  }

  /// The number of classes in predictions of a shape, and the lengths of the axes of places.
  private static func classes(of predicted: Shape) -> (count: Int, places: [Int]) {
    guard predicted.rank >= 2 else { return (0, []) }
    let axis = channelAxis(of: predicted)
    return (predicted[axis], predicted.indices.filter { $0 != 0 && $0 != axis }.map { predicted[$0] })
  }

  /// Throws unless predictions are `[N, C, …]` and targets the same without C, or with 1 in its place, all of them
  /// classes.
  public func check(predicted: Shape, expected: Tensor<Float>) throws {
    func error(_ reason: String) -> TargetError {
      TargetError(predicted: predicted, expected: expected.shape, reason: reason)
    }
    let (count, places) = Self.classes(of: predicted)
    let withOne = Shape([predicted.first ?? 0, 1] + places).withClassesInPlace
    guard predicted.rank >= 2, [Shape([predicted[0]] + places), withOne].contains(expected.shape) else {
      let needed =
        predicted.rank > 2
        ? "predictions [N, C, …] and class indices [N, …] are needed"
        : "predictions [N, C] and class indices [N] are needed"
      throw error(needed + (predicted == expected.shape ? "; one-hot targets need .categoricalCrossEntropy" : ""))
    }
    let classes = 0..<count
    func isClass(_ index: Int) -> Bool { classes.contains(index) || index == ignoreClass }
    let indices = expected.scalars
    if let place = indices.firstIndex(where: { Int(exactly: $0).map(isClass) != true }) {
      let example = place / (indices.count / expected.shape[0])
      throw error(
        "\(indices[place]) of example \(example) is not a class index; whole numbers from 0 to \(count - 1) are needed")
    }
  }
}

extension SparseCategoricalCrossEntropy: PlaceCountingLoss {
  /// Whether a class is ignored.
  package var ignoresPlaces: Bool { ignoreClass != nil }

  /// The number of places of other classes than the ignored one.
  package func countedPlaces(of expected: Tensor<Float>) -> Int {
    expected.scalars.count { value in ignoreClass.map { value != Float($0) } ?? true }
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
