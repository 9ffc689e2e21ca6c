/// Carries one request to a server and the answer back; follows no redirect and repeats nothing.
package protocol HTTPTransport: Sendable {
  /// Sends a request.
  ///
  /// - Parameters:
  ///   - request: what is asked.
  ///   - sink: takes the body, if the status is one of success; any other body is thrown away.
  /// - Returns: status and header fields of the answer, once its last byte has arrived.
  /// - Throws: ``HTTPFailure``, `CancellationError`, or what the sink throws.
  func send(_ request: HTTPRequest, into sink: any BodySink) async throws -> HTTPHead
}
