import Foundation
import Kilim
import Limits
import XCTest

/// A benchmark whose result is a time and a rate.
class Benchmark: XCTestCase {
  /// Works for some tenths of a second: a thread may begin on the core of the one that started it, and the system takes
  /// that long to find it another.
  override class func setUp() {
    for _ in 0..<20 { _ = Limits.gigaflops() }
  }

  /// Measures `body`, which does `amount` units of work, after one run to warm up.
  ///
  /// Prints the amount, and beside GFLOP the peak of the machine, for `Benchmarks/run`, which makes a table of them and
  /// of XCTest's times.
  func benchmark(_ amount: Double, _ unit: String, _ body: () throws -> Void) rethrows {
    print("work \(name) \(amount) \(unit) \(unit == "GFLOP" ? Limits.gigaflops() : 0)")
    try body()
    var failure: (any Error)?
    measure {
      do { try body() } catch { failure = error }
    }
    XCTAssertNil(failure)
  }

  /// Calls `body` while Kilim computes on so many threads.
  func onThreads(_ count: Int, _ body: () throws -> Void) rethrows {
    let before = Threads.count
    defer { Threads.count = before }
    Threads.count = count
    try body()
  }

  /// Numbers between -1 and 1: zeros would multiply faster than what a network sees.
  func random(_ shape: Shape) -> Tensor<Float> {
    var generator = RandomGenerator(seed: 1)
    return Tensor(uniform: shape, in: -1..<1, using: &generator)
  }

  /// Images `[batch, channels, side, side]` with their channels innermost in memory, as the layers hand them on.
  func randomImages(_ batch: Int, _ channels: Int, _ side: Int) -> Tensor<Float> {
    random([batch, side, side, channels]).permuted([0, 3, 1, 2])
  }
}
