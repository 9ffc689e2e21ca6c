import ArgumentParser
import Kilim

/// Options of `divar train` for what it shows.
struct DisplayOptions: ParsableArguments {
  @Flag(
    help: ArgumentHelp(
      "Show the training on the whole terminal: curves, the accuracy of each class, the time left. Keys: q stops after the "
        + "step, e after the epoch, - and + change the learning rate. If the terminal cannot show this, the progress "
        + "is shown as usual."))
  var live = false

  @Flag(name: .shortAndLong, help: "Print nothing but warnings and errors.")
  var quiet = false

  func validate() throws {
    if live, quiet { throw ValidationError("--live and --quiet cannot be used together") }
  }

  /// Applies `--quiet` to what the command prints.
  func apply() {
    Console.isQuiet = quiet
    if live, !LiveView.isPossible {
      Console.note("--live needs a terminal that can move its cursor; this is none, so the progress is shown as usual")
    }
  }

  /// What the training shows.
  ///
  /// - Parameter stop: gets the request of a key.
  func progress(stop: StopRequest) -> ProgressDisplay { quiet ? .silent : live ? .live(stop: stop) : .automatic }
}
