import Dispatch
import Foundation
import Kilim

/// Runs `body`, meanwhile answering the first Ctrl-C with a request to stop. A second one ends the program as always.
func withInterrupt<Result>(requesting stop: StopRequest, _ body: () throws -> Result) rethrows -> Result {
  signal(SIGINT, SIG_IGN)
  let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
  source.setEventHandler {
    signal(SIGINT, SIG_DFL)
    stop.stop()
  }
  source.resume()
  defer {
    source.cancel()
    signal(SIGINT, SIG_DFL)
  }
  return try body()
}
