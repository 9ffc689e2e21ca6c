import Glibc

/// The terminal behind the standard output.
enum Terminal {
  /// Whether the standard output is a terminal that understands how to draw over a line.
  static var canRedrawLines: Bool {
    guard isatty(STDOUT_FILENO) == 1, let kind = getenv("TERM") else { return false }
    return !["", "dumb"].contains(String(cString: kind))
  }

  /// The number of columns, as it is now; 80 where nothing says it.
  static var columns: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
