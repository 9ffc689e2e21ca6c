import Glibc
import Kilim

/// What asks the processes that `mpirun` has started to end after the current step. `mpirun` hands it on to them.
let gracefulStopSignal = SIGUSR1

/// The signals that ask the program to end.
let endSignals = SignalWatch.endSignals + (Distributed.isStartedByMPI ? [gracefulStopSignal] : [])

/// Runs a training. The first signal that asks for an end requests a stop; the second one ends the program.
///
/// - Returns: what `body` returns, and the exit code that says which signal came; `nil` when none did.
func withInterrupt<Result>(
  requesting stop: StopRequest, _ body: () throws -> Result
) rethrows -> (Result, exitCode: Int32?) {
  try stop.stoppingAtSignals(
    endSignals, saying: "stopping after the current step and writing the results; a second Ctrl-C ends at once", body)
}

/// From now on, the first of these signals ends the program with a message. For work that may end at any moment.
func endOnInterrupt(saying farewell: String) -> SignalWatch {
  SignalWatch(endSignals) { number, _ in
    Console.complain("\n\(farewell)")
    _exit(128 + number)
  }
}
