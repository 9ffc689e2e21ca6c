import CPeak
import Kilim

/// What the machine can do at most, on all threads that Kilim computes on.
///
/// Measured anew before each benchmark, since the speed of a machine drifts.
public enum Limits {
  /// GFLOP/s of multiply-adds in registers, the best of some milliseconds.
  public static func gigaflops() -> Double {
    let (threads, rounds) = (Threads.count, 400_000)
    var numbers = [Float](repeating: 0.5, count: threads * Int(PEAK_NUMBERS))
    let best = numbers.withUnsafeMutableBufferPointer { numbers in
      bestTime(of: 8) {
        parallelFor(chunks: threads) { thread in
          kilim_multiply_add(numbers.baseAddress.map { $0 + thread * Int(PEAK_NUMBERS) }, rounds)
        }
      }
    }
    return 2 * Double(numbers.count * rounds) / best / 1e9
  }

  /// GB/s of memory: a sum of two arrays, 128 MB each, into a third one; the twelve bytes of each element count.
  public static func gigabytes() -> Double {
    let (count, chunks) = (1 << 25, 64)
    let (a, b) = ([Float](repeating: 1, count: count), [Float](repeating: 2, count: count))
    var sum = [Float](repeating: 0, count: count)
    let part = count / chunks
    let best = a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        sum.withUnsafeMutableBufferPointer { sum in
          bestTime(of: 5) {
            parallelFor(chunks: chunks) { chunk in
              guard let a = a.baseAddress, let b = b.baseAddress, let sum = sum.baseAddress else { return }
              kilim_triad(sum + chunk * part, a + chunk * part, b + chunk * part, part)
            }
          }
        }
      }
    }
    return 12 * Double(count) / best / 1e9
  }

  /// Seconds of the fastest of some runs.
  public static func bestTime(of runs: Int, _ work: () -> Void) -> Double {
    (0..<runs).map { _ in ContinuousClock().measure(work) / .seconds(1) }.min() ?? .infinity
  }
}
