import Foundation
import Synchronization
import Tensor
import TestSupport
import Testing

/// Where a lock is needed it is Foundation's: the thread sanitizer does not see that of `Synchronization.Mutex` when two
/// threads want it at once, and reports a race.
struct ParallelForTests {
  /// How often each chunk ran. No lock guards the counts, so the thread sanitizer sees whether a chunk runs on two threads
  /// at once, and whether all that chunks write is visible at the end.
  private func runs(chunks: Int, _ inside: (Int) -> Void = { _ in }) -> [Int] {
    var counts = [Int](repeating: 0, count: chunks)
    counts.withUnsafeMutableBufferPointer { buffer in
      let counts = buffer
      parallelFor(chunks: chunks) { chunk in
        inside(chunk)
        counts[chunk] += 1
      }
    }
    return counts
  }

  @Test(arguments: [0, 1, 2, 7, 64, 1_000]) func runsEveryChunkOnce(chunks: Int) {
    for result in resultsOnEveryThreadCount({ runs(chunks: chunks) }) {
      #expect(result == [Int](repeating: 1, count: chunks))
    }
  }

  /// Also while other tests and the callers of this one keep the workers busy.
  @Test(arguments: [2, 3, 8]) func reservedThreadsAllTakePart(count: Int) {
    let lock = NSLock()
    for chunks in [2, 5, 64] {
      var threads: Set<pthread_t> = []
      withThreads(count) {
        parallelFor(chunks: chunks) { _ in
          lock.withLock { _ = threads.insert(pthread_self()) }
          parallelFor(chunks: 3) { _ in lock.withLock { _ = threads.insert(pthread_self()) } }
        }
      }
      #expect(threads.count == min(count, chunks))
    }
  }

  @Test func reservationsNestAndEnd() {
    #expect(withReservedThreads { withReservedThreads { 1 } } == 1)
    for _ in 0..<3 { #expect(runs(chunks: 7) == [Int](repeating: 1, count: 7)) }
  }

  @Test(arguments: [0, 1, 63, 64, 65, 1_000_003]) func coversTheRangeOnce(count: Int) {
    for grain in [0, 1, 7, 5_000_000] {
      let lock = NSLock()
      var ranges: [Range<Int>] = []
      parallelFor(count: count, grain: grain) { range in lock.withLock { ranges.append(range) } }
      let sorted = ranges.sorted { $0.lowerBound < $1.lowerBound }
      #expect(sorted.count <= 64)
      #expect(sorted.allSatisfy { !$0.isEmpty })
      #expect(sorted.flatMap(\.self) == Array(0..<count))
    }
  }

  @Test func nests() {
    let inner = Atomic<Int>(0)
    let outer = runs(chunks: 16) { _ in
      parallelFor(chunks: 16) { _ in
        parallelFor(chunks: 3) { _ in inner.add(1, ordering: .relaxed) }
      }
    }
    #expect(outer == [Int](repeating: 1, count: 16))
    #expect(inner.load(ordering: .relaxed) == 16 * 16 * 3)
  }

  /// Several threads start jobs of all sizes at once, some nested, while the number of threads changes: every job must
  /// end with each of its chunks run once.
  @Test func survivesConcurrentCallers() async {
    await withTaskGroup(of: Int.self) { group in
      for caller in 0..<6 {
        group.addTask {
          var failures = 0
          for round in 0..<1_000 {
            let chunks = (caller + round) % 9
            let result = runs(chunks: chunks) { chunk in
              if (chunk + round) % 4 == 0 { parallelFor(chunks: 3) { _ in } }
            }
            if result.contains(where: { $0 != 1 }) { failures += 1 }
          }
          return failures
        }
      }
      group.addTask {
        _ = (0..<20).map { _ in resultsOnEveryThreadCount { runs(chunks: 5) } }
        return 0
      }
      for await failures in group { #expect(failures == 0) }
    }
  }

  /// One job closely after the other: a worker that wakes late must not touch the one that is over.
  @Test func survivesManySmallJobs() {
    for sum in resultsOnEveryThreadCount({
      let sum = Atomic<Int>(0)
      for _ in 0..<4_000 { parallelFor(chunks: 3) { sum.add($0, ordering: .relaxed) } }
      return sum.load(ordering: .relaxed)
    }) {
      #expect(sum == 12_000)
    }
  }

  @Test func subnormalNumbersCountAsZeroInsideAlone() {
    let tiny = Float.leastNormalMagnitude
    let lock = NSLock()
    var inside: [Float] = []
    parallelFor(chunks: 4) { chunk in lock.withLock { inside.append(tiny / Float(chunk + 2)) } }
    #expect(inside == [0, 0, 0, 0])
    let half = Tensor<Float>([tiny]) * 0.25
    #expect(half.scalar == 0)
    #expect(tiny / 4 > 0)
  }
}
