import Autograd
import Tensor

/// A row of a table for each whole number: the learned features of words, of classes or of other symbols.
///
/// Shapes: numbers `[N, T]` become `[N, T, features]`, `[N]` become `[N, features]`, and images of numbers `[N, H, W]`
/// become `[N, features, H, W]`. Numbers are cut to whole ones; one outside `0..<count` stops the program. The numbers are
/// kept for the backward pass. No gradient flows to them.
///
/// With ``masksZero`` the output has a mask that leaves out the places with the number 0; see ``MaskedLayer``.
public final class Embedding: MaskedLayer, Sendable {
  /// The number of rows: numbers are below it.
  public let count: Int
  /// The length of a row.
  public let features: Int
  /// Whether the number 0 stands for a place that only fills up a sequence.
  public let masksZero: Bool
  /// How the first value of the table is chosen.
  public let initializer: Initializer
  /// The penalty on the table; `nil` for none.
  public let regularizer: Regularizer?
  /// The penalty on the output; `nil` for none.
  public let activityRegularizer: Regularizer?
  /// The table, `[count, features]`.
  public let weight: Parameter

  /// Makes a table for the numbers `0..<count`.
  ///
  /// - Parameters:
  ///   - count: the number of rows.
  ///   - features: the length of a row.
  ///   - masksZero: whether the output has a mask that leaves out the places with the number 0.
  ///   - initializer: how the first value of the table is chosen.
  ///   - regularizer: the penalty on the table.
  ///   - activityRegularizer: the penalty on the output.
  ///   - constraint: what the table satisfies after each step; norms are those of the columns, unless it has axes.
  public init(
    _ count: Int, features: Int, masksZero: Bool = false, initializer: Initializer = .uniform(low: -0.05, high: 0.05),
    regularizer: Regularizer? = nil, activityRegularizer: Regularizer? = nil, constraint: Constraint? = nil
  ) {
    self.count = count
    self.features = features
    self.masksZero = masksZero
    self.initializer = initializer
    self.regularizer = regularizer
    self.activityRegularizer = activityRegularizer
    weight = Parameter(constraint: constraint?.over([0]))
  }

  /// A new layer with the same options.
  public func makeCopy(_ copies: LayerCopies) -> any Layer {
    Embedding(
      count, features: features, masksZero: masksZero, initializer: initializer, regularizer: regularizer,
      activityRegularizer: activityRegularizer, constraint: weight.constraint)
  }

  /// The penalty on the table.
  public var penalties: [WeightPenalty] { WeightPenalty.all((weight, regularizer)) }

  /// Makes the table.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank <= 2 else {
      throw LayerError(inputShape: inputShape, reason: "numbers [], [T] or [H, W] are needed")
    }
    guard count >= 1, features >= 1 else {
      throw LayerError(
        inputShape: inputShape, reason: "count is \(count) and features \(features), at least 1 of each is needed")
    }
    try weight.storage.build("weight", [count, features], for: inputShape) {
      try initializer.values([count, features], fanIn: count, fanOut: features, using: &generator)
    }
    return inputShape.rank == 2 ? Shape([features] + inputShape) : Shape(inputShape + [features])
  }

  /// A mask of all places, with ``masksZero``.
  public func outputMasks(masks: [Shape?], inputShapes: [Shape]) -> [OutputMask] {
    masksZero ? [.made(inputShapes[0])] : []
  }

  /// True where the number is not 0.
  public func makeMask(of inputs: [Variable<Float>], masks: [Tensor<Bool>?]) -> Tensor<Bool> { inputs[0].value.truths }

  /// Whether a number is that of a row, without its fraction.
  func hasRow(_ number: Float) -> Bool { number > -1 && number < Float(count) }

  /// The rows for a batch of numbers. Stops for a number without a row; see ``Model/checkLookUps(_:)``.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let rows = x.value.scalars.map { number in
      require(hasRow(number), "Embedding: the number \(number) is not in 0..<\(count)")
      return Int(number)
    }
    let result = context[weight].gathering(rows).reshaped(to: x.shape + [features])
    return context.regularized(
      x.shape.rank == 3 ? result.permuted([0, 3, 1, 2]) : result, by: activityRegularizer)
  }
}
