import Tensor

/// The largest distance between corresponding elements, each divided by the larger of 1 and the expected magnitude.
/// Infinity where shapes or non-finite values differ.
public func deviation<Scalar: FloatingScalar>(_ found: Tensor<Scalar>, from expected: Tensor<Scalar>) -> Scalar {
  guard found.shape == expected.shape else { return .infinity }
  return zip(found.scalars, expected.scalars).reduce(0) { largest, pair in
    let (found, expected) = pair
    if found == expected || (found.isNaN && expected.isNaN) { return largest }
    let distance = (found - expected).magnitude / Swift.max(1, expected.magnitude)
    return distance.isFinite ? Swift.max(largest, distance) : .infinity
  }
}

/// Whether both tensors have one shape and the same elements, NaN counted as equal to NaN.
public func isSame<Scalar: FloatingScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>) -> Bool {
  deviation(a, from: b) == 0
}

/// The sum of the products of corresponding elements.
public func innerProduct<Scalar: FloatingScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>) -> Scalar {
  zip(a.scalars, b.scalars).reduce(0) { $0 + $1.0 * $1.1 }
}

/// The gradient of a function by central differences: `h` is chosen near the cube root of the rounding error, where
/// the errors of rounding and of truncation are about equal (1e-10 for a smooth function in `Double`).
public func numericalGradient(
  at x: Tensor<Double>, step h: Double = 1e-5, _ function: (Tensor<Double>) -> Double
) -> Tensor<Double> {
  let point = x.scalars
  let gradient = point.indices.map { index in
    func value(_ shift: Double) -> Double {
      var moved = point
      moved[index] += shift
      return function(Tensor(shape: x.shape, scalars: moved))
    }
    return (value(h) - value(-h)) / (2 * h)
  }
  return Tensor(shape: x.shape, scalars: gradient)
}
