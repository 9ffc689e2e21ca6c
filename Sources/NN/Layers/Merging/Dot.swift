import Autograd
import Tensor

/// The products of two inputs summed over one axis of each: y[…, …] = Σₖ a[…, k, …] · b[…, k, …], example by example.
///
/// Shapes: the axes of the result are those of the first input without its summed axis, then those of the second; `[1]`
/// where none is left. Channels count as the last axis where the axes of the result are put in order, as in Keras: those of
/// images `[C, H, W]` and of images in sequence `[T, C, H, W]`, and likewise in a result with three axes or more. So
/// `[C, H, W]` and `[T, C]` over C give an image `[T, H, W]`. Two images over C give `[H₁, W₂, W₁, H₂]`, which is
/// `[H₁, W₁, H₂, W₂]` with the last axis as channels. Both inputs are kept for the backward pass.
public final class Dot: MergingLayer, Sendable {
  /// The summed axis of one example of each input, without that of the batch, negative from the end.
  public let axes: [Int]
  /// Whether each input is divided by its length along the axis, so that the result is a cosine.
  public let normalizes: Bool

  /// Makes the layer.
  ///
  /// - Parameters:
  ///   - first: the summed axis of one example of the first input, without that of the batch: 0 is C of `[C, H, W]`.
  ///   - second: the summed axis of the second input.
  ///   - normalizes: whether each input is divided by its length √Σ x² along the axis, of at least 10⁻⁷.
  public init(axes first: Int, _ second: Int, normalizes: Bool = false) {
    axes = [first, second]
    self.normalizes = normalizes
  }

  /// Finds the axes of the result.
  public func build(merging shapes: [Shape], using generator: inout RandomGenerator) throws -> Shape {
    try MergedInputs.requireCount(of: shapes, exactly: 2)
    for (shape, axis) in zip(shapes, axes) where !shape.indices.contains(axis < 0 ? axis + shape.rank : axis) {
      throw LayerError(inputShapes: shapes, reason: "\(shape) has no axis \(axis)")
    }
    let resolved = zip(shapes, axes).map { $0.resolve(axis: $1, in: "Dot") }
    guard shapes[0][resolved[0]] == shapes[1][resolved[1]] else {
      throw LayerError(
        inputShapes: shapes, reason: "axis \(axes[0]) of the first and axis \(axes[1]) of the second must be equal")
    }
    return outputShape(of: shapes)
  }

  /// The products of two batches.
  public func callAsFunction(merging inputs: [Variable<Float>], _ context: Context) -> Variable<Float> {
    require(
      inputs.count == 2 && inputs[0].shape[0] == inputs[1].shape[0],
      "Dot: two inputs of one batch are needed, found \(inputs.map(\.shape))")
    let factors = inputs.indices.map { index -> Factor in
      let input = inputs[index]
      let axis = Shape(input.shape.dropFirst()).resolve(axis: axes[index], in: "Dot")
      return Factor(normalizes ? input.dividedByNorm(along: [axis + 1], epsilon: 1e-7) : input, axis: axis)
    }
    let product = factors[0].rows.matmul(factors[1].rows.transposed())
    let rest = factors[0].rest + factors[1].rest
    let result = product.reshaped(to: [inputs[0].shape[0]] + (rest.isEmpty ? [1] : rest))
    return rest.count > 2 ? result.permuted([0] + Factor.places(rank: rest.count).map { $0 + 1 }) : result
  }

  /// One for each product.
  public func multiplyAdds(inputShapes: [Shape], outputShapes: [Shape]) -> Int {
    guard let input = inputShapes.first, let output = outputShapes.first else { return 0 }
    return output.elementCount * input[input.resolve(axis: axes[0], in: "Dot")]
  }

  private func outputShape(of shapes: [Shape]) -> Shape {
    let rest = zip(shapes, axes).flatMap { shape, axis in
      Factor.order(rank: shape.rank, without: shape.resolve(axis: axis, in: "Dot")).map { shape[$0] }
    }
    return rest.isEmpty ? [1] : Shape(Factor.places(rank: rest.count).map { rest[$0] })
  }

  /// One input as a batch of matrices, the summed axis along the rows.
  private struct Factor {
    /// `[N, …, K]`, the axes before K joined.
    let rows: Variable<Float>
    /// The lengths of the joined axes.
    let rest: [Int]

    init(_ input: Variable<Float>, axis: Int) {
      let rank = input.shape.rank - 1
      let order = Self.order(rank: rank, without: axis).map { $0 + 1 }
      rest = order.map { input.shape[$0] }
      rows = input.permuted([0] + order + [axis + 1])
        .reshaped(to: [input.shape[0], rest.reduce(1, *), input.shape[axis + 1]])
    }

    /// All axes but one, channels last.
    static func order(rank: Int, without axis: Int) -> [Int] {
      ElementOrder.channelsLast.axes(rank: rank).filter { $0 != axis }
    }

    /// Where the axes of the result, whose last one counts as channels, are in one example of it.
    static func places(rank: Int) -> [Int] { ElementOrder.channelsLast.places(rank: rank) }
  }
}
