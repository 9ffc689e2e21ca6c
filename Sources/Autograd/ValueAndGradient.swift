import Tensor

/// The value of a scalar function at a point, and its gradient there.
///
/// ```swift
/// let (value, gradient) = valueAndGradient(at: x) { x in (x * x).sum() }
/// ```
public func valueAndGradient<Scalar: FloatingScalar>(
  at point: Tensor<Scalar>, of function: (Variable<Scalar>) -> Variable<Scalar>
) -> (value: Tensor<Scalar>, gradient: Tensor<Scalar>) {
  let (value, gradients) = valueAndGradients(at: [point]) { function($0[0]) }
  return (value, gradients[0])
}

/// The value of a scalar function of several tensors, and its gradients with respect to each of them; zeros for one
/// that the value does not depend on.
public func valueAndGradients<Scalar: FloatingScalar>(
  at point: [Tensor<Scalar>], of function: ([Variable<Scalar>]) -> Variable<Scalar>
) -> (value: Tensor<Scalar>, gradients: [Tensor<Scalar>]) {
  let variables = point.map { Variable(tracking: $0) }
  let result = function(variables)
  let gradients = result.gradients()
  return (result.value, variables.map { gradients[$0] ?? Tensor(zeros: $0.shape) })
}
