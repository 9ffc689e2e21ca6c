/// Runs `body` once for every chunk index in `0..<chunks`, on as many threads as ``Threads/count`` allows.
///
/// Returns when all chunks are done. Any thread may run any chunk, several at once: chunks must not write to the same
/// memory, and what a chunk computes must depend on its index alone. For results that are the same on any machine, bit by
/// bit, choose the number of chunks by the size of the work and not by the number of threads.
///
/// A call inside a chunk, or while another thread runs a `parallelFor`, runs its chunks on the calling thread.
/// Subnormal numbers count as zero in all chunks.
public func parallelFor(chunks: Int, _ body: (_ chunk: Int) -> Void) {
  ThreadPool.shared.run(chunks: chunks, body)
}

/// Splits `0..<count` into ranges of about equal length and runs `body` on each, as ``parallelFor(chunks:_:)`` does.
///
/// - Parameters:
///   - count: the number of items.
///   - grain: the smallest number of items for a chunk; there are at most 64 chunks.
///   - body: called with disjoint ranges that cover all items, never with an empty range.
public func parallelFor(count: Int, grain: Int, _ body: (_ range: Range<Int>) -> Void) {
  guard count > 0 else { return }
  let chunks = min(max(count / max(grain, 1), 1), 64)
  parallelFor(chunks: chunks) { chunk in
    body(chunk * count / chunks..<(chunk + 1) * count / chunks)
  }
}

/// Keeps the worker threads for the calling thread while `body` runs, so that ``parallelFor(chunks:_:)`` in it never runs
/// on one thread because others keep the workers busy. For tests of parallel work.
///
/// Waits until the workers are free. In `body`, each thread runs the chunks that are cut for it and no others: of a job of
/// several chunks, each of min(``Threads/count``, chunks) threads has a part. Calls from other threads run alone.
package func withReservedThreads<Result>(_ body: () throws -> Result) rethrows -> Result {
  try ThreadPool.shared.reserve(body)
}
