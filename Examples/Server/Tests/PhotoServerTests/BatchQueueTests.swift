import Synchronization
import Testing

@testable import PhotoServer

struct BatchQueueTests {
  @Test func everyInputGetsItsOwnOutput() async {
    let sizes = Mutex<[Int]>([])
    let queue = BatchQueue<Int, Int>(largestBatch: 8) { inputs in
      sizes.withLock { $0.append(inputs.count) }
      await Task.yield()
      return inputs.map { $0 * $0 }
    }
    await withTaskGroup(of: Void.self) { group in
      for input in 0..<200 {
        group.addTask { #expect(await queue.output(for: input) == input * input) }
      }
    }
    let found = sizes.withLock { $0 }
    #expect(found.reduce(0, +) == 200)
    #expect(found.allSatisfy { [1, 2, 4, 8].contains($0) }, "\(found)")
  }

  @Test func itWorksAgainAfterAPause() async {
    let queue = BatchQueue<Int, Int>(largestBatch: 1) { $0 }
    for input in 0..<3 { #expect(await queue.output(for: input) == input) }
  }
}
