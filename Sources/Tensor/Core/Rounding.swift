extension Int {
  /// The number, rounded up to a multiple of `step`.
  @inline(__always)
  package func roundedUp(to step: Int) -> Int { (self + step - 1) / step * step }
}
