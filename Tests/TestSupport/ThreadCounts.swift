import Foundation
import Tensor

/// One test at a time changes the number of threads.
private let threadSetting = NSRecursiveLock()

/// What `body` gives on `count` threads. Every test that sets `Threads.count` in the process of the other tests does it
/// here: one after the other, and the number is the former one afterwards.
///
/// Work of the calling thread really runs on so many threads, since they are kept for it; that of other threads runs
/// alone meanwhile.
public func withThreads<Result>(_ count: Int, _ body: () throws -> Result) rethrows -> Result {
  threadSetting.lock()
  let before = Threads.count
  Threads.count = count
  defer {
    Threads.count = before
    threadSetting.unlock()
  }
  return try withReservedThreads(body)
}

/// What `compute` gives on 1, 2, 3 and 8 threads, several times each.
public func resultsOnEveryThreadCount<Result>(_ compute: () throws -> Result) rethrows -> [Result] {
  try [1, 2, 3, 8, 2, 8].map { try withThreads($0, compute) }
}
