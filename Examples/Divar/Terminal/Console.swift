@preconcurrency import Glibc
import Synchronization

/// The output of the commands. Each line of the standard output is written at once, so that both streams keep their
/// order. Output that cannot be written is an error.
enum Console {
  /// Whether the standard output gets nothing.
  static var isQuiet: Bool {
    get { quiet.load(ordering: .relaxed) }
    set { quiet.store(newValue, ordering: .relaxed) }
  }
  private static let quiet = Atomic(false)

  /// Prepares the standard output. Called once, before anything is printed.
  static func prepare() {
    setvbuf(stdout, nil, _IOLBF, 0)
  }

  /// Prints a line to the standard output.
  ///
  /// - Throws: ``OutputError`` when it cannot be written, or an earlier line could not.
  static func print(_ text: some CustomStringConvertible) throws(OutputError) {
    guard !isQuiet else { return }
    errno = 0
    fputs("\(text)\n", stdout)
    try check()
  }

  /// Prints a line to the standard error.
  static func complain(_ text: String) {
    fflush(stdout)
    fputs("\(text)\n", stderr)
  }

  /// Prints a warning in the form of the library's warnings. The command continues.
  static func warn(_ text: String) {
    complain("Warning: \(text.withoutControls)")
  }

  /// Prints a decision that the command has made without an option.
  static func note(_ text: String) {
    guard !isQuiet else { return }
    complain("Note: \(text.withoutControls)")
  }

  /// Writes the buffered standard output.
  ///
  /// - Throws: ``OutputError`` when this or an earlier line could not be written, whichever part of the program printed
  ///   it.
  static func finish() throws(OutputError) {
    errno = 0
    try check()
  }

  private static func check() throws(OutputError) {
    let flushed = fflush(stdout)
    let code = errno
    guard flushed != 0 || ferror(stdout) != 0 else { return }
    throw OutputError(code: code)
  }

  /// Whether the standard error is a terminal that can draw a line over itself.
  static var canRedraw: Bool {
    !isQuiet && isatty(STDERR_FILENO) == 1 && getenv("TERM").map { String(cString: $0) != "dumb" } ?? false
  }

  /// Draws a line over the one before, on a terminal.
  static func redraw(_ text: String, ended: Bool = false) {
    fflush(stdout)
    fputs("\r\(text)\(ended ? "\n" : "")", stderr)
  }
}

/// Standard output that cannot be written.
struct OutputError: Error, CustomStringConvertible {
  /// Whether the reader of the pipe is gone, so that no error can be shown.
  let isClosedPipe: Bool
  private let reason: String

  /// - Parameter code: a value of `errno`; 0 if the reason is not known.
  init(code: Int32) {
    isClosedPipe = code == EPIPE
    reason = code == 0 ? "" : ": \(String(cString: strerror(code)))"
  }

  /// A sentence for the user.
  var description: String { "cannot write to the standard output\(reason)" }
}
