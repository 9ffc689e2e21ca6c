/// A sum that goes on in the background.
public final class PendingReduction {
  private let session: MPISession?
  private let operation: MPIOperation?

  init(session: MPISession?, operation: MPIOperation? = nil) {
    (self.session, self.operation) = (session, operation)
  }

  /// Looks whether the sum is there, without waiting for it.
  ///
  /// - Throws: ``DistributedError`` when the library fails.
  public func advance() throws -> Bool {
    guard let session, let operation else { return true }
    return try session.advance(operation)
  }

  /// Waits until the sum is there.
  ///
  /// - Throws: ``DistributedError`` when a rank is late or the library fails.
  public func wait() throws {
    guard let session, let operation else { return }
    try session.finish(operation)
  }
}
