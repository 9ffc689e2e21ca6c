import Synchronization

/// Keeps a body in memory: for lists and pages, which are small.
package final class MemorySink: BodySink {
  private let received = Mutex<[UInt8]>([])

  package init() {}

  /// The bytes that have arrived.
  package var bytes: [UInt8] { received.withLock { $0 } }

  package var requestHeaders: [String: String] { [:] }

  package func start(_ head: HTTPHead) { reset() }

  package func write(_ bytes: UnsafeRawBufferPointer) {
    received.withLock { $0.append(contentsOf: bytes) }
  }

  package func reset() {
    received.withLock { $0.removeAll() }
  }
}
