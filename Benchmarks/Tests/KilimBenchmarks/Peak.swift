import CPeak
import Kilim

/// What the processor's arithmetic can do at most.
enum Peak {
  /// GFLOP/s of multiply-adds in registers on all threads that Kilim computes on, the best of some milliseconds.
  ///
  /// Measured anew before each benchmark, since the speed of a machine drifts.
  static func gigaflops() -> Double {
    let (threads, rounds) = (Threads.count, 400_000)
    var numbers = [Float](repeating: 0.5, count: threads * Int(PEAK_NUMBERS))
    let best = numbers.withUnsafeMutableBufferPointer { numbers in
      (0..<8).map { _ in
        ContinuousClock().measure {
          parallelFor(chunks: threads) { thread in
            kilim_multiply_add(numbers.baseAddress.map { $0 + thread * Int(PEAK_NUMBERS) }, rounds)
          }
        } / .seconds(1)
      }.min() ?? .infinity
    }
    return 2 * Double(numbers.count * rounds) / best / 1e9
  }
}
