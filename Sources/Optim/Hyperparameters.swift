import Tensor

extension Optimizer {
  /// Stops unless the settings that all optimizers share are valid.
  func checkCommon() {
    learningRate.check(for: type(of: self))
    check(weightDecay >= 0 && weightDecay.isFinite, "weightDecay", weightDecay, "at least 0")
    if let clipping { check(clipping.bound > 0, "clipping", clipping, "a number above 0") }
  }

  /// Stops unless `condition` holds for a hyperparameter, as in `Adam: beta1 is 1.5, a number in 0..<1 is needed`.
  func check(_ condition: Bool, _ name: String, _ value: some Any, _ needed: String) {
    require(condition, "\(type(of: self)): \(name) is \(value), \(needed) is needed")
  }
}
