import Foundation
import Serialization
import Synchronization

/// Shows a training on the whole terminal while it runs: curves, figures, the accuracy of each class, the learning rate,
/// memory and the time left.
///
/// ```swift
/// let stop = StopRequest()
/// try model.fit(train, validation: test, epochs: 20, loss: .categoricalCrossEntropy, progress: .live(stop: stop))
/// ```
///
/// | key | |
/// |---|---|
/// | `q` | stop after the current step |
/// | `e` | stop after the current epoch; again: go on |
/// | `-`, `+` | halve, double the learning rate |
/// | `?` | help |
///
/// The page fits a terminal of any size, also after a change. At the end, and at signals that end the process, the terminal
/// is as it was before, with a line for each epoch. The page is drawn ten times a second at most, on a thread of its own, so
/// that the training does not wait for the terminal.
///
/// Curves are drawn in braille, in ASCII without a locale of Unicode (`LC_ALL`, `LC_CTYPE`, `LANG`). `NO_COLOR` turns colours
/// off.
public final class LiveView: ProgressRenderer, Sendable {
  private let stop: StopRequest
  private let rate = LearningRateRequest()
  private let style = TextStyle.current
  private let state = Mutex(State())
  /// Signalled when the thread that draws has ended.
  private let drawingEnded = DispatchSemaphore(value: 0)

  private struct State: Sendable {
    var snapshot = TrainingSnapshot()
    var classes: [LivePage.ClassCount] = []
    var firstEpoch = 0
    var warnings: [String] = []
    var message: String?
    /// When the message goes, in seconds of the view.
    var messageEnd = 0.0
    var isHelpShown = false
    var isRunning = false
    var hasKeys = false
    /// Whether something has changed since the page was drawn.
    var isChanged = true
  }

  /// Makes the view.
  ///
  /// - Parameter stop: gets the requests to stop; a signal handler of the program may use it too.
  public init(stop: StopRequest = StopRequest()) {
    self.stop = stop
  }

  /// Whether the standard output is a terminal on which the view can be drawn.
  public static var isPossible: Bool { Terminal.canRedrawLines && Terminal.size != nil }

  /// Restores the terminal, for a program that ends itself at a signal. Safe in a signal handler.
  public static func restoreTerminal() { FullScreen.hide() }

  /// Takes requests to stop and to change the learning rate.
  public var callbacks: [any Callback] { [stop, rate] }

  // MARK: Events

  /// Shows the page.
  public func began(_ snapshot: TrainingSnapshot) {
    fflush(nil)
    let hasKeys = FullScreen.enter()
    state.withLock { state in
      state = State()
      (state.snapshot, state.firstEpoch, state.isRunning, state.hasKeys) = (snapshot, snapshot.epoch, true, hasKeys)
    }
    Thread.detachNewThread { self.drawUntilTheEnd() }
  }

  /// Says where the training goes on.
  public func resumed(_ report: ResumeReport) {
    state.withLock { $0.firstEpoch = report.epoch }
    say("\(report)".split(separator: "\n").last.map(String.init) ?? "")
  }

  /// Keeps the snapshot for the thread that draws.
  public func show(_ snapshot: TrainingSnapshot) {
    state.withLock { ($0.snapshot, $0.isChanged) = (snapshot, true) }
  }

  /// Counts the right answers of each class.
  public func validated(_ evaluation: Evaluation) {
    guard let counts = try? evaluation.confusion() else { return }
    let classes = counts.classes.indices.map { index in
      LivePage.ClassCount(
        name: counts.classes[index], right: counts.counts[index][index], count: counts.counts[index].reduce(0, +))
    }
    state.withLock { $0.classes = classes }
  }

  /// Keeps the snapshot with the finished epoch.
  public func epochEnded(_ report: EpochReport, _ snapshot: TrainingSnapshot) { show(snapshot) }

  /// Shows the warning, and prints it at the end: at once where the standard error is no terminal.
  public func warned(_ warning: String) {
    let isShown = state.withLock { $0.isRunning } && isatty(STDERR_FILENO) == 1
    guard isShown else { return Terminal.printWarning(warning) }
    state.withLock { $0.warnings.append(warning) }
    say("Warning: \(warning)")
  }

  /// Shows the former page of the terminal again, and prints a line for each epoch.
  public func ended(_ end: TrainingEnd) {
    let wasRunning = state.withLock { state in
      defer { state.isRunning = false }
      return state.isRunning
    }
    guard wasRunning else { return }
    drawingEnded.wait()
    FullScreen.leave()
    let (snapshot, first, warnings) = state.withLock { ($0.snapshot, $0.firstEpoch, $0.warnings) }
    for report in snapshot.history.epochs where report.epoch >= first {
      let head = "Epoch \(report.epoch + 1)/\(snapshot.epochs)"
      print(([head] + LineRenderer.figures(report)).joined(separator: " - "))
    }
    fflush(nil)
    for warning in warnings { Terminal.printWarning(warning) }
  }

  // MARK: The thread that draws

  private func drawUntilTheEnd() {
    let clock = Stopwatch()
    var (lastDrawn, size) = (-1.0, (columns: 0, rows: 0))
    while let keys = state.withLock({ $0.isRunning ? $0.hasKeys : nil }) {
      waitForKeys(keys)
      let time = clock.read()
      // The size is asked for each time, which finds every change; a handler of SIGWINCH belongs to the program.
      let now = Terminal.size ?? (80, 24)
      let isResized = now != size
      let isChanged = state.withLock { state in
        if state.message != nil, state.messageEnd < time {
          if state.messageEnd > 0 {
            (state.message, state.isChanged) = (nil, true)
          } else {
            state.messageEnd = time + 6
          }
        }
        return state.isChanged
      }
      guard FullScreen.isShown, isResized || (isChanged && time - lastDrawn >= 0.1) || time - lastDrawn >= 1 else {
        continue
      }
      (lastDrawn, size) = (time, now)
      draw(size, clears: isResized)
    }
    drawingEnded.signal()
  }

  /// Waits a tenth of a second, or until a key is pressed.
  private func waitForKeys(_ hasKeys: Bool) {
    guard hasKeys else {
      usleep(100_000)
      return
    }
    var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    guard poll(&input, 1, 100) > 0 else { return }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = read(STDIN_FILENO, &bytes, bytes.count)
    // The end of the input: without keys from now on.
    if count <= 0 { state.withLock { $0.hasKeys = false } }
    for byte in bytes.prefix(max(count, 0)) { press(Character(UnicodeScalar(byte))) }
  }

  /// Does what a key stands for.
  func press(_ key: Character) {
    switch key {
    case "q": stop.stop()
    case "e": stop.requested == .afterEpoch ? stop.cancel() : stop.stopAfterEpoch()
    case "-", "_":
      rate.scale(by: 0.5)
      say("rate halved")
    case "+", "=":
      rate.scale(by: 2)
      say("rate doubled")
    case "?", "h": state.withLock { $0.isHelpShown.toggle() }
    default: return
    }
    state.withLock { $0.isChanged = true }
  }

  private func say(_ message: String) {
    state.withLock { state in
      (state.message, state.isChanged) = (message, true)
      // Without a time, the thread that draws gives it one when it sees it.
      state.messageEnd = 0
    }
  }

  private func draw(_ size: (columns: Int, rows: Int), clears: Bool) {
    let state = state.withLock { state in
      state.isChanged = false
      return state
    }
    let request: String? =
      switch stop.requested {
      case .never: nil
      case .afterEpoch: "stopping after epoch; e: go on"
      case .afterBatch: "stopping after step"
      }
    let page = LivePage(
      snapshot: state.snapshot, classes: state.classes, memory: residentMemory(), message: request ?? state.message,
      isHelpShown: state.isHelpShown, hasKeys: state.hasKeys, style: style)
    let lines = page.lines(columns: size.columns, rows: size.rows).map { $0.rendered(columns: size.columns, style) }
    let frame = (clears ? "\u{1B}[2J" : "") + "\u{1B}[H" + lines.joined(separator: "\u{1B}[K\r\n") + "\u{1B}[K\u{1B}[J"
    var bytes = Array(frame.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      guard count > 0 || (count < 0 && errno == EINTR) else { return }
      bytes = bytes.dropFirst(max(count, 0))
    }
  }
}

/// The bytes of memory that the process holds; `nil` if the system does not say it.
private func residentMemory() -> Int? {
  guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
  let numbers = text.split(separator: " ").compactMap { Int($0) }
  return numbers.count > 1 ? numbers[1] * sysconf(Int32(_SC_PAGESIZE)) : nil
}
