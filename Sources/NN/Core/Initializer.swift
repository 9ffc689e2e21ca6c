import Tensor

/// How the first value of a parameter is chosen.
///
/// Fan-in is the number of inputs of one output, fan-out the number of outputs of one input. Uniform kinds draw from
/// (-L, L), normal kinds from a normal distribution truncated at two standard deviations, as in Keras.
public enum Initializer: Hashable, Sendable {
  /// Uniform, L = √(6 / (fan-in + fan-out)) (Glorot and Bengio 2010).
  case glorotUniform
  /// Normal, variance 2 / (fan-in + fan-out).
  case glorotNormal
  /// Uniform, L = √(6 / fan-in) (He et al. 2015): for layers before a ReLU.
  case heUniform
  /// Normal, variance 2 / fan-in.
  case heNormal
  /// Uniform, L = √(3 / fan-in) (LeCun et al. 1998).
  case lecunUniform
  /// Normal, variance 1 / fan-in.
  case lecunNormal
  /// All 0.
  case zeros
  /// All 1.
  case ones
  /// All the given value.
  case constant(Float)
  /// Uniform between the two bounds.
  case uniform(low: Float, high: Float)
  /// A matrix whose shorter side is orthonormal, times `gain` (Saxe, McClelland and Ganguli 2014): for recurrent weights. All
  /// axes but the last make the rows.
  case orthogonal(gain: Float = 1)
  /// Variance `scale` / fan, for a positive scale: the Glorot, He and LeCun kinds in general (Keras's `VarianceScaling`).
  case varianceScaling(scale: Float, fan: Fan, isUniform: Bool = false)

  /// What the variance of ``varianceScaling(scale:fan:isUniform:)`` is divided by.
  public enum Fan: String, Hashable, Sendable {
    /// The fan-in.
    case fanIn
    /// The fan-out.
    case fanOut
    /// The mean of both.
    case mean
  }

  /// A tensor of first values.
  ///
  /// - Parameters:
  ///   - shape: of the parameter.
  ///   - fanIn: the number of inputs that one output depends on.
  ///   - fanOut: the number of outputs that one input contributes to.
  ///   - generator: the source of random numbers.
  public func callAsFunction(
    _ shape: Shape, fanIn: Int, fanOut: Int, using generator: inout RandomGenerator
  ) -> Tensor<Float> {
    guard generator.drawsFirstValues else { return Tensor(scalar: 0).broadcast(to: shape) }
    let (fanIn, fanOut, mean) = (
      Float(max(fanIn, 1)), Float(max(fanOut, 1)), Float(max(fanIn + fanOut, 2)) / 2
    )
    switch self {
    case .glorotUniform: return uniform(shape, variance: 1 / mean, &generator)
    case .glorotNormal: return normal(shape, variance: 1 / mean, &generator)
    case .heUniform: return uniform(shape, variance: 2 / fanIn, &generator)
    case .heNormal: return normal(shape, variance: 2 / fanIn, &generator)
    case .lecunUniform: return uniform(shape, variance: 1 / fanIn, &generator)
    case .lecunNormal: return normal(shape, variance: 1 / fanIn, &generator)
    case .zeros: return Tensor(zeros: shape)
    case .ones: return Tensor(ones: shape)
    case .constant(let value): return Tensor(repeating: value, shape: shape)
    case .uniform(let low, let high):
      return low < high
        ? Tensor(uniform: shape, in: low..<high, using: &generator) : Tensor(repeating: low, shape: shape)
    case .orthogonal(let gain): return orthogonalMatrix(shape, gain: gain, using: &generator)
    case .varianceScaling(let scale, let fan, let isUniform):
      require(scale > 0 && scale.isFinite, "Initializer: the scale of a variance must be positive, found \(scale)")
      let variance =
        switch fan {
        case .fanIn: scale / fanIn
        case .fanOut: scale / fanOut
        case .mean: scale / mean
        }
      return isUniform ? uniform(shape, variance: variance, &generator) : normal(shape, variance: variance, &generator)
    }
  }

  private func uniform(_ shape: Shape, variance: Float, _ generator: inout RandomGenerator) -> Tensor<Float> {
    let limit = (3 * variance).squareRoot()
    return Tensor(uniform: shape, in: -limit..<limit, using: &generator)
  }

  private func normal(_ shape: Shape, variance: Float, _ generator: inout RandomGenerator) -> Tensor<Float> {
    Tensor(truncatedNormal: shape, standardDeviation: variance.squareRoot(), using: &generator)
  }
}
