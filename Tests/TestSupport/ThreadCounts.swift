import Foundation
import Tensor

/// One test at a time changes the number of threads.
private let threadSetting = NSLock()

/// What `compute` gives on 1, 2, 3 and 8 threads, several times each.
public func resultsOnEveryThreadCount<Result>(_ compute: () -> Result) -> [Result] {
  threadSetting.withLock {
    let count = Threads.count
    defer { Threads.count = count }
    return [1, 2, 3, 8, 2, 8].map { threads in
      Threads.count = threads
      return compute()
    }
  }
}
