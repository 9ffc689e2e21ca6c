/// A part of a random stream that is used for random truth values: 16 blocks give 128 of them, two per word, in the
/// order of the kernel (`CKernels/Kernels/Random.h`).
struct RandomBits {
  /// The number of truth values that are made at a time, also for a partial group at the end.
  static let group = 128
  /// The number of blocks of the stream for one group.
  static let blocksPerGroup = 16

  let seed: UInt64
  let stream: UInt64
  let firstBlock: UInt64
  let count: Int

  /// For each element, writes whether a random number below 2³² is less than `threshold`. Runs in parallel.
  func write(below threshold: UInt64, to result: UnsafeMutablePointer<Bool>) {
    guard threshold > 0 else { return result.update(repeating: false, count: count) }
    let limit = UInt32(truncatingIfNeeded: threshold - 1)
    let (group, bytes) = (Self.group, UnsafeMutableRawPointer(result).assumingMemoryBound(to: UInt8.self))
    func write(_ groups: Range<Int>, to bytes: UnsafeMutablePointer<UInt8>) {
      let block = firstBlock &+ UInt64(Self.blocksPerGroup * groups.lowerBound)
      Kernels.best.bernoulli(seed, stream, block, groups.count, limit, bytes)
    }
    let whole = count / group
    parallelFor(count: whole, grain: 256) { write($0, to: bytes + group * $0.lowerBound) }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: group) { last in
      guard count > whole * group, let last = last.baseAddress else { return }
      write(whole..<whole + 1, to: last)
      (bytes + whole * group).update(from: last, count: count - whole * group)
    }
  }
}
