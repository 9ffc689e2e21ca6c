import Tensor

extension Optimizer {
  /// Stops unless the settings that all optimizers share are valid.
  func checkCommon() {
    learningRate.check(for: type(of: self))
    check(weightDecay >= 0 && weightDecay.isFinite, "weightDecay", weightDecay, "at least 0")
    if let clipping { check(clipping.bound > 0, "clipping", clipping, "a number above 0") }
    for (path, scale) in options.scales {
      check(scale >= 0 && scale.isFinite, "scales[\"\(path)\"]", scale, "at least 0")
    }
    let steps = options.gradientAccumulationSteps
    check(steps >= 1, "gradientAccumulationSteps", steps, "at least 1")
    guard let average = options.average else { return }
    check((0...1).contains(average.momentum), "average.momentum", average.momentum, "a number in 0...1")
    let frequency = average.overwriteFrequency ?? 1
    check(frequency >= 1, "average.overwriteFrequency", frequency, "at least 1")
  }

  /// Stops unless `condition` holds for a hyperparameter, as in `Adam: beta1 is 1.5, a number in 0..<1 is needed`.
  func check(_ condition: Bool, _ name: String, _ value: some Any, _ needed: String) {
    require(condition, "\(type(of: self)): \(name) is \(value), \(needed) is needed")
  }
}
