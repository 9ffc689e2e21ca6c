/// Takes the body of an answer as it arrives, so that no answer need fit into memory.
///
/// One exchange at a time calls it; a repeated request calls ``start(_:)`` again.
package protocol BodySink: AnyObject, Sendable {
  /// Header fields that ask for the part that is still missing.
  var requestHeaders: [String: String] { get }

  /// An answer with a status of success begins.
  func start(_ head: HTTPHead) throws

  /// More bytes of it arrived.
  func write(_ bytes: UnsafeRawBufferPointer) throws

  /// The server cannot continue what was begun: start anew.
  func reset() throws
}
