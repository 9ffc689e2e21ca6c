/// A part of a random stream: words of 32 bits that can be computed in any order.
struct RandomWords {
  let seed: UInt64
  let stream: UInt64
  let firstBlock: UInt64
  let count: Int

  /// The number of blocks that are made at a time: enough for the compiler to use vector instructions.
  private static let batch = 64

  /// Calls `body` with each block of four words and the number of its first word. Calls run in parallel. In the last
  /// block, `body` must ignore the words beyond ``count``.
  @inline(__always)
  func forEachBlock(_ body: (_ index: Int, _ words: (UInt32, UInt32, UInt32, UInt32)) -> Void) {
    parallelFor(count: (count + 3) / 4, grain: 4_096) { range in
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 4 * Self.batch) { buffer in
        guard let first = buffer.baseAddress else { return }
        let (second, third, fourth) = (first + Self.batch, first + 2 * Self.batch, first + 3 * Self.batch)
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.batch) {
          let blocks = Swift.min(Self.batch, range.upperBound - start)
          for index in 0..<blocks {
            let block = firstBlock &+ UInt64(truncatingIfNeeded: start &+ index)
            (first[index], second[index], third[index], fourth[index]) = Philox.words(
              seed: seed, stream: stream, block: block)
          }
          for index in 0..<blocks {
            body(4 * (start + index), (first[index], second[index], third[index], fourth[index]))
          }
        }
      }
    }
  }
}
