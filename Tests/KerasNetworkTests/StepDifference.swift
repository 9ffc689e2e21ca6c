import Tensor

/// How much a step of training differs from another one.
struct StepDifference {
  /// The norm of the difference of all parameters and running statistics, relative to the norm of the step.
  let norm: Float
  /// The variable that differs most, with the largest difference of an element relative to the largest step of any.
  let worst: (name: String, difference: Float)

  /// - Parameters:
  ///   - found: the state after one of the steps.
  ///   - expected: after the other.
  ///   - before: before both.
  init(found: [String: Tensor<Float>], expected: [String: Tensor<Float>], before: [String: Tensor<Float>]) {
    var (difference, step): (Double, Double) = (0, 0)
    var (largestStep, worst): (Float, (String, Float)) = (0, ("", 0))
    for (name, first) in before {
      guard let found = found[name], let expected = expected[name], found.shape == expected.shape else {
        self.norm = .infinity
        self.worst = (name, .infinity)
        return
      }
      let distances = (found - expected).scalars
      let steps = (expected - first).scalars
      difference += distances.reduce(0) { $0 + Double($1) * Double($1) }
      step += steps.reduce(0) { $0 + Double($1) * Double($1) }
      largestStep = max(largestStep, steps.map(abs).max() ?? 0)
      let distance = distances.map(abs).max() ?? 0
      if !(distance <= worst.1) { worst = (name, distance) }
    }
    norm = Float((difference / step).squareRoot())
    self.worst = (worst.0, worst.1 / largestStep)
  }
}
