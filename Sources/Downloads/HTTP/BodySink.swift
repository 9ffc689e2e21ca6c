/// Receives the body of an answer piece by piece, so that it need not fit into memory.
///
/// Only one exchange at a time calls it. A repeated request calls ``start(_:)`` again.
package protocol BodySink: AnyObject, Sendable {
  /// Header fields that request only the missing part.
  var requestHeaders: [String: String] { get }

  /// Called when an answer with a success status begins.
  func start(_ head: HTTPHead) throws

  /// Called when more bytes have arrived.
  func write(_ bytes: UnsafeRawBufferPointer) throws

  /// Called when such an answer has ended. Throws ``HTTPFailure/interrupted(reason:)`` if something is missing.
  func end() throws

  /// Called when the server cannot continue an earlier download: drops its bytes.
  func reset() throws
}

extension BodySink {
  package func end() throws {}
}
