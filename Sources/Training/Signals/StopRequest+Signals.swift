@preconcurrency import Glibc

extension StopRequest {
  /// Runs a training that a signal stops after the current step, so that its results can be written. A second signal ends
  /// the program at once.
  ///
  /// ```swift
  /// let stop = StopRequest()
  /// let (history, exitCode) = try stop.stoppingAtSignals {
  ///   try model.fit(train, epochs: 10, loss: .categoricalCrossEntropy, callbacks: [stop])
  /// }
  /// try model.save(to: "photos.keras")
  /// print(exitCode == nil ? "trained" : "stopped", "after \(history.epochs.count) epochs")
  /// ```
  ///
  /// - Parameters:
  ///   - signals: the numbers of the signals.
  ///   - announcement: what the standard error says at the first signal.
  ///   - body: the training, which has this request among its callbacks.
  /// - Returns: what `body` returns, and the exit code that tells which signal came; `nil` if none came.
  public func stoppingAtSignals<Result>(
    _ signals: [Int32] = SignalWatch.endSignals,
    saying announcement: String = "stopping after the current step; a second Ctrl-C ends at once",
    _ body: () throws -> Result
  ) rethrows -> (result: Result, exitCode: Int32?) {
    let watch = SignalWatch(signals) { number, count in
      if count > 1 {
        LiveView.restoreTerminal()
        _exit(128 + number)
      }
      fflush(stdout)
      fputs("\n\(announcement)\n", stderr)
      self.stop()
    }
    defer { watch.cancel() }
    return (try body(), watch.exitCode)
  }
}
