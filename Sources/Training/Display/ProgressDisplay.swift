/// What `fit` shows during a training. Warnings always go to the standard error.
public enum ProgressDisplay {
  /// A bar on a terminal. Elsewhere, and on a terminal that cannot redraw a line (`TERM=dumb`), one line per epoch.
  case automatic
  /// A bar with examples per second and the remaining time. It is redrawn in place and fits the width of the terminal.
  case bar
  /// One line per epoch.
  case lines
  /// Nothing.
  case silent
  /// What a renderer of the caller shows.
  case renderer(any ProgressRenderer)

  /// A page on the whole terminal, ``LiveView``, where that is possible; elsewhere ``automatic``.
  ///
  /// - Parameter stop: gets the requests to stop; also a callback of the training in either case.
  public static func live(stop: StopRequest = StopRequest()) -> ProgressDisplay {
    LiveView.isPossible ? .renderer(LiveView(stop: stop)) : .automatic
  }

  /// The callbacks that show it.
  func callbacks() -> [any Callback] {
    let renderer: any ProgressRenderer =
      switch self {
      case .silent: SilentRenderer()
      case .lines: LineRenderer()
      case .bar: BarRenderer()
      case .automatic: Terminal.canRedrawLines ? BarRenderer() : LineRenderer()
      case .renderer(let renderer): renderer
      }
    return renderer.callbacks + [ProgressReporter(renderer)]
  }
}
