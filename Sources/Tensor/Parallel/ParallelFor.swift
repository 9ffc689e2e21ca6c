/// Runs `body` once for every chunk index in `0..<chunks`, on up to ``Threads/count`` threads.
///
/// Returns when all chunks are done. Any thread may run any chunk, and several chunks run at the same time. So chunks
/// must not write to the same memory, and the result of a chunk must depend on its index only. To get bit-identical
/// results on every machine, choose the number of chunks by the size of the work, not by the number of threads.
///
/// A call inside a chunk, or while another thread runs a `parallelFor`, runs its chunks on the calling thread.
/// In all chunks, subnormal numbers are treated as zero.
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

/// Reserves the worker threads for the calling thread while `body` runs, so that every ``parallelFor(chunks:_:)`` in it
/// uses them. For tests of parallel work.
///
/// Waits until the workers are free. In `body`, each thread runs only the chunks of its own share: if a job has several
/// chunks, each of min(``Threads/count``, chunks) threads runs some of them. Meanwhile calls from other threads run on
/// their own thread only.
package func withReservedThreads<Result>(_ body: () throws -> Result) rethrows -> Result {
  try ThreadPool.shared.reserve(body)
}
