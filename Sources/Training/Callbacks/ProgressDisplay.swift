/// What `fit` prints to the standard output while it works. Warnings go to the standard error in every case.
public enum ProgressDisplay: Hashable, Sendable {
  /// A bar on a terminal; elsewhere, and on a terminal that cannot redraw a line (`TERM=dumb`), one line an epoch.
  case automatic
  /// A bar with images a second and the time left, redrawn in place and cut to the width of the terminal.
  case bar
  /// One line an epoch.
  case lines
  /// Nothing.
  case silent

  func callbacks() -> [any Callback] {
    switch self {
    case .silent: [WarningPrinter()]
    case .lines: [ProgressPrinter(showsBar: false)]
    case .bar: [ProgressPrinter(showsBar: true)]
    case .automatic: [ProgressPrinter(showsBar: Terminal.canRedrawLines)]
    }
  }
}
