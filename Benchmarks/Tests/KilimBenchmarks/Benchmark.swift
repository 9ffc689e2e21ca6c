import Foundation
import Kilim
import XCTest

/// A benchmark whose result is a time and a rate.
class Benchmark: XCTestCase {
  /// Measures `body`, which does `amount` units of work, after one run to warm up.
  ///
  /// Prints the amount for `Benchmarks/run`, which makes a table of it and of XCTest's times.
  func benchmark(_ amount: Double, _ unit: String, _ body: () throws -> Void) rethrows {
    print("work \(name) \(amount) \(unit)")
    try body()
    var failure: (any Error)?
    measure {
      do { try body() } catch { failure = error }
    }
    XCTAssertNil(failure)
  }

  /// Numbers between -1 and 1: zeros would multiply faster than what a network sees.
  func random(_ shape: Shape) -> Tensor<Float> {
    var generator = RandomGenerator(seed: 1)
    return Tensor(uniform: shape, in: -1..<1, using: &generator)
  }
}
