/// Sends one request to a server and returns the answer. It follows no redirects and does not repeat a request.
package protocol HTTPTransport: Sendable {
  /// Sends a request.
  ///
  /// - Parameters:
  ///   - request: the request.
  ///   - sink: receives the body if the status means success; any other body is discarded.
  /// - Returns: the status and the header fields, after the last byte of the answer has arrived.
  /// - Throws: ``HTTPFailure``, `CancellationError`, or what the sink throws.
  func send(_ request: HTTPRequest, into sink: any BodySink) async throws -> HTTPHead
}
