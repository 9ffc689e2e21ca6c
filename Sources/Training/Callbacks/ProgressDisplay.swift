/// What `fit` prints to the standard output during a training. Warnings always go to the standard error.
public enum ProgressDisplay: Hashable, Sendable {
  /// A bar on a terminal. Elsewhere, and on a terminal that cannot redraw a line (`TERM=dumb`), one line per epoch.
  case automatic
  /// A bar with images per second and the remaining time. It is redrawn in place and fits the width of the terminal.
  case bar
  /// One line per epoch.
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
