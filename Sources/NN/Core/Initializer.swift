import Tensor

/// How the first value of a parameter is chosen: every kind that Keras has for weights.
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
  /// Normal.
  case normal(mean: Float = 0, standardDeviation: Float = 0.05)
  /// Normal, without the values more than two standard deviations from the mean. What is left has 0.88 times the standard
  /// deviation.
  case truncatedNormal(mean: Float = 0, standardDeviation: Float = 0.05)
  /// Variance scale / fan, of which the six named kinds above are cases.
  case varianceScaling(scale: Float = 1, fan: Fan = .in, distribution: Distribution = .truncatedNormal)
  /// A matrix whose shorter side is orthonormal, times `gain` (Saxe, McClelland and Ganguli 2014): for recurrent weights.
  /// The columns of a matrix are its last axis, those of filters `[filters, …]` the first.
  case orthogonal(gain: Float = 1)
  /// `gain` on the diagonal of a matrix, 0 elsewhere.
  case identity(gain: Float = 1)

  /// What a variance is divided by.
  public enum Fan: Hashable, Sendable {
    /// The number of inputs of one output.
    case `in`
    /// The number of outputs of one input.
    case out
    /// The mean of both.
    case average
  }

  /// The distribution of the numbers.
  public enum Distribution: Hashable, Sendable {
    /// Uniform about 0.
    case uniform
    /// Normal, truncated at two standard deviations; the variance is that of what is left.
    case truncatedNormal
    /// Normal.
    case normal
  }

  /// While this is false, initializers give zeros and draw nothing: for layers whose values are set next.
  @TaskLocal package static var isDrawing = true

  /// A tensor of first values. Stops where the identity is not that of a matrix, the bounds are in the wrong order, or a deviation
  /// or scale is negative. A layer of Kilim throws ``LayerError`` in these cases.
  ///
  /// - Parameters:
  ///   - shape: of the parameter.
  ///   - fanIn: the number of inputs that one output depends on.
  ///   - fanOut: the number of outputs that one input contributes to.
  ///   - generator: the source of random numbers.
  public func callAsFunction(
    _ shape: Shape, fanIn: Int, fanOut: Int, using generator: inout RandomGenerator
  ) -> Tensor<Float> {
    // Without memory of its own.
    guard Self.isDrawing else { return Tensor(scalar: 0).broadcast(to: shape) }
    if let problem = problem(with: shape) { stop("Initializer: \(problem)") }
    if let (scale, fan, distribution) = scaling {
      let count: Float =
        switch fan {
        case .in: Float(max(fanIn, 1))
        case .out: Float(max(fanOut, 1))
        case .average: Float(max(fanIn + fanOut, 2)) / 2
        }
      return Self.draw(shape, variance: scale / count, distribution, &generator)
    }
    switch self {
    case .ones: return Tensor(ones: shape)
    case .constant(let value): return Tensor(repeating: value, shape: shape)
    case .uniform(let low, let high):
      return low < high
        ? Tensor(uniform: shape, in: low..<high, using: &generator) : Tensor(repeating: low, shape: shape)
    case .normal(let mean, let deviation):
      return Tensor(normal: shape, mean: mean, standardDeviation: deviation, using: &generator)
    case .truncatedNormal(let mean, let deviation):
      // The tensor takes the standard deviation of what is left.
      return Tensor(truncatedNormal: shape, standardDeviation: deviation * 0.87962566, using: &generator) + mean
    case .orthogonal(let gain): return orthogonalTensor(shape, gain: gain, using: &generator)
    case .identity(let gain):
      let columns = shape[1]
      return Tensor(
        shape: shape, scalars: (0..<shape.elementCount).map { $0 / columns == $0 % columns ? gain : 0 })
    default: return Tensor(zeros: shape)
    }
  }

  /// The same for the parameter of a layer.
  ///
  /// - Throws: ``InitializerError`` where it stops.
  func values(
    _ shape: Shape, fanIn: Int, fanOut: Int, using generator: inout RandomGenerator
  ) throws -> Tensor<Float> {
    if Self.isDrawing, let problem = problem(with: shape) { throw InitializerError(reason: problem) }
    return self(shape, fanIn: fanIn, fanOut: fanOut, using: &generator)
  }

  /// Why there is no tensor of this shape; `nil` where there is one.
  private func problem(with shape: Shape) -> String? {
    switch self {
    case .identity where shape.rank != 2: "the identity is that of a matrix, found the shape \(shape)"
    case .uniform(let low, let high) where !(low <= high && (high - low).isFinite):
      "the bounds are \(low) and \(high), expected finite ones in rising order"
    case .normal(_, let deviation) where !(deviation >= 0), .truncatedNormal(_, let deviation) where !(deviation >= 0):
      "the standard deviation is \(deviation), expected at least 0"
    case .varianceScaling(let scale, _, _) where !(scale >= 0): "the scale is \(scale), expected at least 0"
    default: nil
    }
  }

  /// The kinds whose variance depends on fans, as ``varianceScaling(scale:fan:distribution:)``; `nil` for others.
  private var scaling: (scale: Float, fan: Fan, distribution: Distribution)? {
    switch self {
    case .glorotUniform: (1, .average, .uniform)
    case .glorotNormal: (1, .average, .truncatedNormal)
    case .heUniform: (2, .in, .uniform)
    case .heNormal: (2, .in, .truncatedNormal)
    case .lecunUniform: (1, .in, .uniform)
    case .lecunNormal: (1, .in, .truncatedNormal)
    case .varianceScaling(let scale, let fan, let distribution): (scale, fan, distribution)
    default: nil
    }
  }

  private static func draw(
    _ shape: Shape, variance: Float, _ distribution: Distribution, _ generator: inout RandomGenerator
  ) -> Tensor<Float> {
    switch distribution {
    case .uniform:
      let limit = (3 * variance).squareRoot()
      guard limit > 0 else { return Tensor(zeros: shape) }
      return Tensor(uniform: shape, in: -limit..<limit, using: &generator)
    case .truncatedNormal:
      return Tensor(truncatedNormal: shape, standardDeviation: variance.squareRoot(), using: &generator)
    case .normal: return Tensor(normal: shape, standardDeviation: variance.squareRoot(), using: &generator)
    }
  }
}

/// Why an initializer cannot make a first value; ``TensorStorage/build(_:_:for:_:)`` says for which parameter.
struct InitializerError: Error {
  let reason: String
}
