import Tensor

/// The result of comparing the gradients of a function with finite differences.
public struct GradientCheck: CustomStringConvertible, Sendable {
  /// The largest difference over all elements, relative to the larger of 1 and the two values.
  public let largestError: Double
  /// Where it is: the input, and the element in row-major order.
  public let place: (input: Int, element: Int)
  /// The derivative there by the tape.
  public let analytic: Double
  /// The derivative there by central differences.
  public let numeric: Double
  /// The largest error allowed.
  public let tolerance: Double

  /// Whether the gradients agree.
  public var passes: Bool { largestError <= tolerance }

  /// The place of the largest difference, and the two values there.
  public var description: String {
    "input \(place.input), element \(place.element): the tape gives \(analytic), differences give \(numeric) "
      + "(error \(largestError), tolerance \(tolerance))"
  }
}

/// Compares the gradients of a function with central differences, element by element, in double precision.
///
/// The function may return any shape. Its result is multiplied by random numbers and summed up, since a gradient of ones
/// would hide some mistakes. With step h the differences are wrong by about h² + 10⁻¹⁶ / h.
///
/// - Parameters:
///   - point: the inputs. They must be further than `step` away from kinks (0 of a ReLU, ties of a maximum).
///   - step: h, the distance of the differences.
///   - tolerance: the largest error allowed, relative to the larger of 1 and the two derivatives.
///   - seed: of the random numbers.
///   - function: must be the same function at each call.
public func checkGradient(
  at point: [Tensor<Double>], step: Double = 1e-5, tolerance: Double = 1e-7, seed: UInt64 = 0,
  of function: ([Variable<Double>]) -> Variable<Double>
) -> GradientCheck {
  var generator = RandomGenerator(seed: seed)
  let shape = function(point.map { Variable($0) }).shape
  let upstream = Tensor<Double>(uniform: shape, in: 0.5..<1.5, using: &generator)
  let (_, gradients) = valueAndGradients(at: point) { (function($0) * Variable(upstream)).sum() }

  var worst = GradientCheck(
    largestError: 0, place: (0, 0), analytic: 0, numeric: 0, tolerance: tolerance)
  for input in point.indices {
    let scalars = point[input].scalars
    let analytic = gradients[input].scalars
    for element in scalars.indices {
      func value(shiftedBy shift: Double) -> Double {
        var shifted = scalars
        shifted[element] += shift
        var inputs = point
        inputs[input] = Tensor(shape: point[input].shape, scalars: shifted)
        return (function(inputs.map { Variable($0) }).value * upstream).sum().scalar
      }
      let numeric = (value(shiftedBy: step) - value(shiftedBy: -step)) / (2 * step)
      let scale = max(1, abs(numeric), abs(analytic[element]))
      let error = abs(numeric - analytic[element]) / scale
      // The negated comparison counts NaN as the largest of errors.
      if !(error <= worst.largestError) {
        worst = GradientCheck(
          largestError: error.isNaN ? .infinity : error, place: (input, element), analytic: analytic[element],
          numeric: numeric, tolerance: tolerance)
      }
    }
  }
  return worst
}
