import Dispatch
import Foundation

/// Runs `body`, meanwhile answering the first Ctrl-C with `onInterrupt`. A second one ends the program as always.
func withInterrupt<Result>(
  _ onInterrupt: @escaping @Sendable () -> Void, _ body: () throws -> Result
) rethrows -> Result {
  signal(SIGINT, SIG_IGN)
  let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
  source.setEventHandler {
    signal(SIGINT, SIG_DFL)
    onInterrupt()
  }
  source.resume()
  defer {
    source.cancel()
    signal(SIGINT, SIG_DFL)
  }
  return try body()
}
