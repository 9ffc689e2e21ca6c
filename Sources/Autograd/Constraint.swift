import Tensor

/// What the value of a parameter must satisfy. The optimizer sees to it after each of its steps, as Keras does.
///
/// A norm is the Euclidean norm ‖w‖ over the given axes of the parameter, one for each index of the other axes; without
/// axes over all of them. A layer that is given a constraint without axes takes those of the weights that one output
/// depends on, so that there is one norm for each unit or filter.
///
/// ```swift
/// let direction = Parameter(Tensor(ones: [8]), constraint: .unitNorm())
/// ```
public enum Constraint: Hashable, Sendable {
  /// No norm is larger than a maximum: w ← w · min(‖w‖, maximum) / (‖w‖ + 10⁻⁷) (Srivastava et al. 2014, section 5.1).
  case maxNorm(Float = 2, axes: [Int]? = nil)
  /// All norms are within bounds, or move towards them by a share of the distance in each step:
  /// w ← w · (rate · clip(‖w‖) + (1 - rate) · ‖w‖) / (‖w‖ + 10⁻⁷).
  case minMaxNorm(minimum: Float = 0, maximum: Float = 1, rate: Float = 1, axes: [Int]? = nil)
  /// All norms are 1: w ← w / (‖w‖ + 10⁻⁷).
  case unitNorm(axes: [Int]? = nil)
  /// No element is below 0: w ← max(w, 0).
  case nonNegative

  /// The value nearest to the given one, in the sense of the formula. Stops when an axis is beyond the value's.
  public func callAsFunction(_ value: Tensor<Float>) -> Tensor<Float> {
    if self == .nonNegative { return value.relu() }
    let norms = value.squared().sum(axes, keepingAxes: true).squareRoot()
    let desired: Tensor<Float> =
      switch self {
      case .maxNorm(let maximum, _): norms.clipped(to: 0...max(maximum, 0))
      case .minMaxNorm(let minimum, let maximum, let rate, _):
        norms.clipped(to: min(minimum, maximum)...maximum) * rate + norms * (1 - rate)
      case .unitNorm, .nonNegative: Tensor(ones: norms.shape)
      }
    return value * (desired / (norms + 1e-7))
  }

  /// The axes of a norm; `nil` for all of them.
  public var axes: [Int]? {
    switch self {
    case .maxNorm(_, let axes), .minMaxNorm(_, _, _, let axes), .unitNorm(let axes): axes
    case .nonNegative: nil
    }
  }

  /// The constraint for a weight of a layer.
  ///
  /// - Parameter axes: those of the weight that one output depends on, for a constraint without axes of its own.
  public func over(_ axes: [Int]) -> Constraint { self.axes == nil ? replacing(axes: axes) : self }

  /// The same constraint with other axes.
  package func replacing(axes: [Int]?) -> Constraint {
    switch self {
    case .maxNorm(let maximum, _): .maxNorm(maximum, axes: axes)
    case .minMaxNorm(let minimum, let maximum, let rate, _):
      .minMaxNorm(minimum: minimum, maximum: maximum, rate: rate, axes: axes)
    case .unitNorm: .unitNorm(axes: axes)
    case .nonNegative: .nonNegative
    }
  }
}
