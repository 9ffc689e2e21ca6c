@preconcurrency import Dispatch
@preconcurrency import Glibc
import Kilim
import Synchronization

/// The signals that ask a program to end: Ctrl-C, `kill` or the stop of a container, and a closed terminal.
///
/// A handler is installed for each of them, because otherwise the system ignores them in the first process of a
/// container. If a hangup is ignored already (`nohup`), it stays ignored.
private let endSignals = [SIGINT, SIGTERM, SIGHUP] + (Distributed.isStartedByMPI ? [gracefulStopSignal] : [])

/// What asks the processes that `mpirun` has started to end after the current step. `mpirun` hands it on to them.
let gracefulStopSignal = SIGUSR1

/// Makes the first of these signals end the program, with the exit code 128 + its number.
///
/// This is needed only for the first process of a container, in which the system does not end the program.
func endAtSignalsInContainer() {
  guard getpid() == 1 else { return }
  for number in endSignals { handle(number) { _exit(128 + $0) } }
}

/// Runs `body`. The first signal that asks for an end requests a stop; the second one ends the program.
///
/// - Returns: what `body` returns, and the exit code that says which signal came; `nil` when none did.
func withInterrupt<Result>(
  requesting stop: StopRequest, _ body: () throws -> Result
) rethrows -> (Result, exitCode: Int32?) {
  let watch = SignalWatch { number, count in
    if count > 1 {
      LiveView.restoreTerminal()
      _exit(128 + number)
    }
    Console.complain("\nstopping after the current step and writing the results; a second Ctrl-C ends at once")
    stop.stop()
  }
  defer { watch.cancel() }
  return (try body(), watch.exitCode)
}

/// From now on, the first of these signals ends the program with a message. For work that may end at any moment.
func endOnInterrupt(saying farewell: String) -> SignalWatch {
  SignalWatch { number, _ in
    Console.complain("\n\(farewell)")
    _exit(128 + number)
  }
}

/// Calls a closure, on its own thread, at each of these signals.
final class SignalWatch: Sendable {
  private let received = Received()
  private let source: (any DispatchSourceRead)?

  private final class Received: Sendable {
    let state = Mutex<(first: Int32?, count: Int)>((nil, 0))
  }

  /// Begins to watch; only one watch at a time. If the process cannot open more files, the signals keep their usual
  /// meaning.
  ///
  /// - Parameter action: gets the number of the signal, and how many signals have arrived.
  init(_ action: @escaping @Sendable (_ number: Int32, _ count: Int) -> Void) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      source = nil
      return
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let readEnd = ends[0]
    let source = DispatchSource.makeReadSource(fileDescriptor: readEnd, queue: .global(qos: .userInitiated))
    source.setEventHandler { [received] in
      var number: UInt8 = 0
      guard read(readEnd, &number, 1) == 1 else { return }
      let count = received.state.withLock { state in
        if state.first == nil { state.first = Int32(number) }
        state.count += 1
        return state.count
      }
      action(Int32(number), count)
    }
    self.source = source
    source.activate()
    signalPipe.store(ends[1], ordering: .relaxed)
    for number in endSignals {
      // Only this is safe in a handler: writing one byte to a pipe and restoring `errno`.
      handle(number) { number in
        let code = errno
        var byte = UInt8(number)
        _ = write(signalPipe.load(ordering: .relaxed), &byte, 1)
        errno = code
      }
    }
  }

  /// The exit code for the first signal; `nil` if there was none.
  var exitCode: Int32? { received.state.withLock { $0.first.map { 128 + $0 } } }

  /// Restores the usual meaning of the signals.
  func cancel() {
    for number in endSignals { handle(number, SIG_DFL) }
    endAtSignalsInContainer()
    source?.cancel()
  }
}

/// The end of the pipe that the handler writes to.
private let signalPipe = Atomic<Int32>(-1)

private func handle(_ number: Int32, _ handler: __sighandler_t?) {
  var action = sigaction()
  sigaction(number, nil, &action)
  let isIgnored = action.__sigaction_handler.sa_handler.map { unsafeBitCast($0, to: Int.self) } == 1
  if number == SIGHUP, isIgnored { return }
  action = sigaction()
  action.__sigaction_handler.sa_handler = handler
  action.sa_flags = SA_RESTART
  sigaction(number, &action, nil)
}
