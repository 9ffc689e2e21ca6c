/// Measures the time since it was made.
struct Stopwatch {
  private let start = ContinuousClock.now

  /// The seconds since then.
  func read() -> Double { (ContinuousClock.now - start).seconds }
}

extension Duration {
  /// The duration as a number.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
