import Autograd
import Tensor

/// A penalty that is added to the loss, on the weights of a layer or on its output.
///
/// ```swift
/// Dense(10, kernelRegularizer: .l2(1e-4), biasRegularizer: .l1(1e-5), activityRegularizer: .l1(1e-6))
/// ```
///
/// The penalty on an output is divided by the number of examples in the batch, as in Keras.
public enum Regularizer: Hashable, Sendable {
  /// rate · Σ |x|
  case l1(Float = 0.01)
  /// rate · Σ x²
  case l2(Float = 0.01)
  /// l1 · Σ |x| + l2 · Σ x²
  case l1l2(l1: Float, l2: Float)
  /// rate · the mean of |aᵢ · aⱼ| over all pairs of different rows, or columns, of a matrix, each divided by its norm. A
  /// matrix with a single one has none: NaN, as in Keras.
  case orthogonal(Float = 0.01, of: Vectors = .rows)

  /// The vectors that shall be orthogonal.
  public enum Vectors: Hashable, Sendable {
    /// The rows of a matrix.
    case rows
    /// The columns of a matrix.
    case columns
  }

  /// The penalty, a scalar. Stops when vectors shall be orthogonal and `x` is no matrix.
  public func callAsFunction(_ x: Variable<Float>) -> Variable<Float> {
    switch self {
    case .l1(let rate): x.absolute().sum() * rate
    case .l2(let rate): x.squared().sum() * rate
    case .l1l2(let l1, let l2): x.absolute().sum() * l1 + x.squared().sum() * l2
    case .orthogonal(let rate, let vectors): Self.meanProduct(of: vectors, in: x) * rate
    }
  }

  private static func meanProduct(of vectors: Vectors, in x: Variable<Float>) -> Variable<Float> {
    require(x.shape.rank == 2, "Regularizer.orthogonal: a matrix is needed, found \(x.shape)")
    let rows = vectors == .rows ? x : x.permuted([1, 0])
    let directions = rows.dividedByNorm(along: [1], epsilon: 1e-7)
    let count = rows.shape[0]
    let products = directions.matmul(directions.permuted([1, 0])).absolute()
    // Each pair stands there twice, and each row with itself.
    let others = Tensor<Bool>(
      shape: [count, count], scalars: (0..<count * count).map { $0 / max(count, 1) != $0 % max(count, 1) })
    return products.masked(by: others).sum() / Float(count * (count - 1))
  }
}

extension Regularizer {
  /// The penalty of a layer that was given one, or the rate of an L2 penalty; `nil` for neither. Stops when there are both.
  init?(_ regularizer: Regularizer?, l2 rate: Float) {
    require(regularizer == nil || rate == 0, "l2 and kernelRegularizer are both given; one says it all")
    guard let regularizer = regularizer ?? (rate > 0 ? .l2(rate) : nil) else { return nil }
    self = regularizer
  }
}

/// A term of the loss that depends on a parameter alone.
public struct WeightPenalty {
  /// The parameter.
  public let parameter: Parameter
  /// The penalty on its value.
  public let regularizer: Regularizer

  /// Makes a penalty.
  public init(_ parameter: Parameter, _ regularizer: Regularizer) {
    self.parameter = parameter
    self.regularizer = regularizer
  }

  /// Makes a penalty rate · Σ w².
  public init(_ parameter: Parameter, rate: Float) {
    self.init(parameter, .l2(rate))
  }

  /// The penalties on the parameters of a layer; parameters that are not there, or without a penalty, are left out.
  public static func all(_ parts: (parameter: Parameter?, regularizer: Regularizer?)...) -> [WeightPenalty] {
    parts.compactMap { part in
      guard let parameter = part.parameter, let regularizer = part.regularizer else { return nil }
      return WeightPenalty(parameter, regularizer)
    }
  }
}
