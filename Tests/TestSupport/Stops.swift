import Testing

/// Checks that the standard error of a process that stopped contains a message.
///
/// Takes the result of `#expect(processExitsWith: .failure, observing: [\.standardErrorContent])`.
public func expectMessage(
  _ message: String, in result: ExitTest.Result?, sourceLocation: SourceLocation = #_sourceLocation
) {
  let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  #expect(output.contains(message), "the process said: \(output.prefix(400))", sourceLocation: sourceLocation)
}
