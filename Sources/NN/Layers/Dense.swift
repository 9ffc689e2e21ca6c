import Autograd
import Tensor

/// A fully connected layer: y = f(x w + b).
///
/// Shapes: input `[N, features]`, weight `[features, units]`, output `[N, units]`. The input and the weight are kept
/// for the backward pass, and the output where the activation needs it.
public final class Dense: Layer, Sendable {
  /// The number of outputs.
  public let units: Int
  /// The function applied to the result.
  public let activation: Activation
  /// How the first value of the weight is chosen.
  public let initializer: Initializer
  /// The rate λ of the penalty λ Σ w² on the weight.
  public let l2: Float
  /// The weight, `[features, units]`.
  public let weight = Parameter()
  /// Added to each output, `[units]`; `nil` for none.
  public let bias: Parameter?

  /// Makes a fully connected layer; the number of features is known when the model is made.
  public init(
    _ units: Int, activation: Activation = .linear, useBias: Bool = true,
    initializer: Initializer = .glorotUniform, l2: Float = 0
  ) {
    self.units = units
    self.activation = activation
    self.initializer = initializer
    self.l2 = l2
    bias = useBias ? Parameter() : nil
  }

  /// Makes the weight for the input's features, unless the layer is built already.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank == 1 else {
      throw LayerError(inputShape: inputShape, reason: "features [F] are needed; put Flatten() before Dense")
    }
    guard units >= 1 else {
      throw LayerError(inputShape: inputShape, reason: "\(units) units are not possible")
    }
    let shape: Shape = [inputShape[0], units]
    try weight.storage.build("weight", shape, for: inputShape) {
      initializer(shape, fanIn: shape[0], fanOut: units, using: &generator)
    }
    try bias?.storage.build("bias", [units], for: inputShape) { Tensor(zeros: [units]) }
    return [units]
  }

  /// The result for a batch `[N, features]`.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let weight = context[weight]
    require(
      x.shape.rank == 2 && x.shape[1] == weight.shape[0],
      "Dense: inputs [N, \(weight.shape[0])] are needed, found \(x.shape)")
    let product = x.matmul(weight)
    return activation(bias.map { product + context[$0] } ?? product)
  }

  /// L2 on the weight.
  public var penalties: [WeightPenalty] { l2 > 0 ? [WeightPenalty(weight, rate: l2)] : [] }

  /// One for each element of the weight.
  public func multiplyAdds(inputShape: Shape, outputShape: Shape) -> Int {
    inputShape.elementCount * units
  }
}
