import Foundation
import Serialization

/// The terminal behind the standard output.
package enum Terminal {
  /// Whether the standard output is a terminal that can redraw a line.
  static var canRedrawLines: Bool {
    guard isatty(STDOUT_FILENO) == 1, let kind = environmentVariable("TERM") else { return false }
    return !["", "dumb"].contains(kind)
  }

  /// The current number of columns; 80 if it is unknown.
  static var columns: Int { size?.columns ?? 80 }

  /// The current size; `nil` if it is unknown.
  static var size: (columns: Int, rows: Int)? {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Prints a warning to the standard error, after everything that was printed to the standard output before.
  package static func printWarning(_ warning: String) {
    fflush(nil)
    FileHandle.standardError.write(Foundation.Data("Warning: \(warning.withoutControls)\n".utf8))
  }
}
