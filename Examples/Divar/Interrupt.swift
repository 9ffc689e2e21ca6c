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

/// Lets Ctrl-C end the program with a word instead of silently, from now on. For work that may end at any moment.
func endOnInterrupt(saying farewell: String) -> any DispatchSourceSignal {
  signal(SIGINT, SIG_IGN)
  let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
  source.setEventHandler {
    FileHandle.standardError.write(Foundation.Data("\n\(farewell)\n".utf8))
    _exit(130)
  }
  source.resume()
  return source
}
