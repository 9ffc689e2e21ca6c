import Glibc

/// The terminal behind the standard output.
enum Terminal {
  /// Whether the standard output is a terminal that can redraw a line.
  static var canRedrawLines: Bool {
    guard isatty(STDOUT_FILENO) == 1, let kind = getenv("TERM") else { return false }
    return !["", "dumb"].contains(String(cString: kind))
  }

  /// The current number of columns; 80 if it is unknown.
  static var columns: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
