import Autograd
import Tensor
import Testing

/// Normally distributed inputs of the given shapes, always the same.
func samples(_ shapes: Shape..., seed: UInt64 = 1) -> [Tensor<Double>] {
  var generator = RandomGenerator(seed: seed)
  return shapes.map { Tensor(normal: $0, using: &generator) }
}

/// Inputs of the given shapes between 0.5 and 2, always the same.
func positiveSamples(_ shapes: Shape...) -> [Tensor<Double>] {
  var generator = RandomGenerator(seed: 2)
  return shapes.map { Tensor(uniform: $0, in: 0.5..<2, using: &generator) }
}

/// Expects the gradients of a function to agree with finite differences.
func expectGradients(
  at point: [Tensor<Double>], sourceLocation: SourceLocation = #_sourceLocation,
  of function: ([Variable<Double>]) -> Variable<Double>
) {
  let check = checkGradient(at: point, of: function)
  #expect(check.passes, "\(point.map(\.shape)): \(check)", sourceLocation: sourceLocation)
}
