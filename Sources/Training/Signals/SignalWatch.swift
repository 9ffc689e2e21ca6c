@preconcurrency import Dispatch
@preconcurrency import Glibc
import Synchronization

/// Calls a closure when a signal asks the program to end.
///
/// The closure runs on a thread of its own, not in the signal handler, so it may do anything. A training needs only
/// ``StopRequest/stoppingAtSignals(_:saying:_:)``. Only one watch works at a time: a second one takes the signals over.
public final class SignalWatch: Sendable {
  /// The signals that ask a program to end: Ctrl-C, `kill` or the stop of a container, and a closed terminal.
  public static let endSignals = [SIGINT, SIGTERM, SIGHUP]

  private let signals: [Int32]
  private let received = Received()
  private let source: (any DispatchSourceRead)?

  private final class Received: Sendable {
    let state = Mutex<(first: Int32?, count: Int)>((nil, 0))
  }

  /// Begins to watch. If a hangup is ignored already (`nohup`), it stays ignored. If the process cannot open more files,
  /// the signals keep their usual meaning.
  ///
  /// - Parameters:
  ///   - signals: the numbers of the signals.
  ///   - action: gets the number of the signal, and how many signals have arrived.
  public init(
    _ signals: [Int32] = SignalWatch.endSignals, _ action: @escaping @Sendable (_ number: Int32, _ count: Int) -> Void
  ) {
    self.signals = signals
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
    for number in signals {
      // Only this is safe in a handler: writing one byte to a pipe and restoring `errno`.
      handle(number) { number in
        let code = errno
        var byte = UInt8(number)
        _ = write(signalPipe.load(ordering: .relaxed), &byte, 1)
        errno = code
      }
    }
  }

  /// The exit code that tells which signal came first, 128 + its number, as shells expect it; `nil` if none came.
  public var exitCode: Int32? { received.state.withLock { $0.first.map { 128 + $0 } } }

  /// Ends the watch. The signals have their usual meaning again.
  public func cancel() {
    for number in signals { handle(number, SIG_DFL) }
    Self.endContainer(at: signals)
    source?.cancel()
  }

  /// Makes each of these signals end the program with the exit code 128 + its number, if it is the first process of a
  /// container: the system does not end that process by itself. In other processes this does nothing.
  public static func endContainer(at signals: [Int32] = SignalWatch.endSignals) {
    guard getpid() == 1 else { return }
    for number in signals { handle(number) { _exit(128 + $0) } }
  }

  /// Makes Ctrl-\ (`QUIT`) end the program at once with the exit code 131, and give the terminal its state back. Without this,
  /// the runtime of Swift may print where each thread is, which can take minutes.
  public static func endAtQuit() {
    // What the handler uses is made now, outside of it.
    LiveView.restoreTerminal()
    handle(SIGQUIT) { number in
      LiveView.restoreTerminal()
      _exit(128 + number)
    }
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
