import Autograd
import Tensor

/// A fully connected layer: y = f(x w + b).
///
/// Shapes: input `[N, features]`, weight `[features, units]`, output `[N, units]`; a sequence `[N, T, features]` becomes
/// `[N, T, units]`, each time by itself, and with ``actsOnPixels`` images `[N, C, H, W]` become `[N, units, H, W]`, each pixel
/// by itself, as Keras does. The input and the weight are kept for the backward pass, and the output where the activation
/// needs it.
public final class Dense: Layer, Sendable {
  /// The number of outputs.
  public let units: Int
  /// The function applied to the result.
  public let activation: Activation
  /// How the first value of the weight is chosen.
  public let initializer: Initializer
  /// How the first value of the bias is chosen.
  public let biasInitializer: Initializer
  /// The penalty on the weight; `nil` for none.
  public let kernelRegularizer: Regularizer?
  /// The penalty on the bias; `nil` for none.
  public let biasRegularizer: Regularizer?
  /// The penalty on the output, behind the activation; `nil` for none.
  public let activityRegularizer: Regularizer?
  /// Whether images are taken too; otherwise they are refused, since usually `Flatten` is missing.
  public let actsOnPixels: Bool
  /// The weight, `[features, units]`.
  public let weight: Parameter
  /// Added to each output, `[units]`; `nil` for none.
  public let bias: Parameter?

  /// Makes a fully connected layer; the number of features is known when the model is made.
  ///
  /// - Parameters:
  ///   - units: the number of outputs.
  ///   - activation: the function applied to the result.
  ///   - useBias: whether a number is added to each output.
  ///   - initializer: how the first value of the weight is chosen.
  ///   - biasInitializer: how the first value of the bias is chosen.
  ///   - l2: the rate λ of the penalty λ Σ w² on the weight, short for `kernelRegularizer: .l2(λ)`.
  ///   - kernelRegularizer: the penalty on the weight.
  ///   - biasRegularizer: the penalty on the bias.
  ///   - activityRegularizer: the penalty on the output.
  ///   - kernelConstraint: what the weight satisfies after each step; norms are those of the units, unless it has axes.
  ///   - biasConstraint: what the bias satisfies after each step.
  ///   - actsOnPixels: whether the layer takes images, and acts on the channels of each pixel by itself.
  public init(
    _ units: Int, activation: Activation = .linear, useBias: Bool = true,
    initializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros, l2: Float = 0,
    kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
    activityRegularizer: Regularizer? = nil, kernelConstraint: Constraint? = nil, biasConstraint: Constraint? = nil,
    actsOnPixels: Bool = false
  ) {
    self.actsOnPixels = actsOnPixels
    self.units = units
    self.activation = activation
    self.initializer = initializer
    self.biasInitializer = biasInitializer
    self.kernelRegularizer = Regularizer(kernelRegularizer, l2: l2)
    self.biasRegularizer = biasRegularizer
    self.activityRegularizer = activityRegularizer
    weight = Parameter(constraint: kernelConstraint?.over([0]))
    bias = useBias ? Parameter(constraint: biasConstraint) : nil
  }

  /// A new layer with the same options.
  public func makeCopy(_ copies: LayerCopies) -> any Layer {
    Dense(
      units, activation: activation, useBias: bias != nil, initializer: initializer, biasInitializer: biasInitializer,
      kernelRegularizer: kernelRegularizer, biasRegularizer: biasRegularizer, activityRegularizer: activityRegularizer,
      kernelConstraint: weight.constraint, biasConstraint: bias?.constraint, actsOnPixels: actsOnPixels)
  }

  /// Makes the weight for the input's features, unless the layer is built already.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard (1...(actsOnPixels ? 3 : 2)).contains(inputShape.rank) else {
      throw LayerError(
        inputShape: inputShape, reason: "features [F] or a sequence [T, F] are needed; put Flatten() before Dense")
    }
    guard units >= 1 else {
      throw LayerError(inputShape: inputShape, reason: "units is \(units), at least 1 is needed")
    }
    let shape: Shape = [inputShape.featureCount, units]
    try weight.storage.build("weight", shape, for: inputShape) {
      try initializer.values(shape, fanIn: shape[0], fanOut: units, using: &generator)
    }
    try bias?.buildBias(units, biasInitializer, for: inputShape, using: &generator)
    return inputShape.rank == 3 ? [units, inputShape[1], inputShape[2]] : Shape(inputShape.dropLast() + [units])
  }

  /// The result for a batch `[N, features]`, `[N, T, features]` or `[N, C, H, W]`.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let weight = context[weight]
    if actsOnPixels, x.shape.rank == 4, x.shape[1] == weight.shape[0] {
      // The channels are the last axis of a view, and in memory too where a convolution made the images.
      let product = x.permuted([0, 2, 3, 1]).multipliedAlongLastAxis(by: weight)
      let sum = bias.map { product + context[$0] } ?? product
      return context.regularized(activation(sum.permuted([0, 3, 1, 2])), by: activityRegularizer)
    }
    require(
      (2...3).contains(x.shape.rank) && x.shape.last == weight.shape[0],
      "Dense: inputs [N, \(x.shape.rank == 3 ? "T, " : "")\(weight.shape[0])] are needed, found \(x.shape)")
    let product = x.multipliedAlongLastAxis(by: weight)
    return context.regularized(
      activation(bias.map { product + context[$0] } ?? product), by: activityRegularizer)
  }

  /// The penalties on weight and bias.
  public var penalties: [WeightPenalty] { WeightPenalty.all((weight, kernelRegularizer), (bias, biasRegularizer)) }

  /// One for each element of the weight.
  public func multiplyAdds(inputShape: Shape, outputShape: Shape) -> Int {
    inputShape.elementCount * units
  }
}

extension Variable<Float> {
  /// The product of the last axis, `[…, F]`, and a matrix `[F, K]`: `[…, K]`. One product of two matrices.
  func multipliedAlongLastAxis(by matrix: Variable) -> Variable {
    guard shape.rank > 2 else { return matmul(matrix) }
    let rows = shape.dropLast()
    return reshaped(to: [rows.reduce(1, *), matrix.shape[0]]).matmul(matrix).reshaped(to: rows + [matrix.shape[1]])
  }
}
