import Autograd

/// A term of the loss that keeps weights small: rate · Σ w².
public struct WeightPenalty {
  /// The parameter.
  public let parameter: Parameter
  /// The factor before the sum of squares.
  public let rate: Float

  /// Makes a penalty.
  public init(_ parameter: Parameter, rate: Float) {
    self.parameter = parameter
    self.rate = rate
  }
}
