/// A sum or an exchange that goes on in the background.
package final class PendingOperation {
  private let session: MPISession?
  private let operation: MPIOperation?

  init(session: MPISession?, operation: MPIOperation? = nil) {
    (self.session, self.operation) = (session, operation)
  }

  /// Looks whether it is done, without waiting for it.
  ///
  /// - Throws: ``DistributedError`` when the library fails.
  package func advance() throws -> Bool {
    guard let session, let operation else { return true }
    return try session.advance(operation)
  }

  /// Waits until it is done.
  ///
  /// - Throws: ``DistributedError`` when a rank is late or the library fails.
  package func wait() throws {
    guard let session, let operation else { return }
    try session.finish(operation)
  }
}
