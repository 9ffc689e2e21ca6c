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

  /// The largest size that is drawn. Some programs name a terminal of 65535 x 65535, whose page would never be done.
  private static let largestSize = (columns: 1000, rows: 500)

  /// The current size, as far as it is drawn; `nil` if it is unknown.
  static var size: (columns: Int, rows: Int)? {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return (min(Int(size.ws_col), largestSize.columns), min(Int(size.ws_row), largestSize.rows))
  }

  /// Prints a warning to the standard error, after everything that was printed to the standard output before.
  package static func printWarning(_ warning: String) {
    fflush(nil)
    FileHandle.standardError.write(Foundation.Data("Warning: \(warning.withoutControls)\n".utf8))
  }
}
