import Tensor
import TestSupport
import Testing

struct LockTests {
  /// The sum is lost where two threads change it at once.
  @Test func countsEveryChangeOfEveryThread() {
    let sum = Lock(0)
    withThreads(4) {
      parallelFor(chunks: 1_000) { chunk in
        for _ in 0..<10 { sum.withLock { $0 += chunk } }
      }
    }
    #expect(sum.withLock { $0 } == 10 * 999 * 1_000 / 2)
  }

  @Test func opensWhenTheBodyThrows() {
    struct Failure: Error {}
    let lock = Lock([1])
    #expect(throws: Failure.self) {
      try lock.withLock { values in
        values.append(2)
        throw Failure()
      }
    }
    #expect(lock.withLock { $0 } == [1, 2])
  }

  /// The value goes away with its lock.
  @Test func releasesTheValue() {
    final class Witness: Sendable {}
    weak var witness: Witness?
    do {
      let lock = Lock(Witness())
      witness = lock.withLock { $0 }
      #expect(witness != nil)
    }
    #expect(witness == nil)
  }
}
