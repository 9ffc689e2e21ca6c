import ArgumentParser
import Kilim

/// `divar demo-data`: draws pictures to train on.
struct DemoDataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo-data", abstract: "Draws a set of pictures of the 11 classes to train on.")

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The folder to fill; it must be empty or not exist yet.", valueName: "folder"),
    transform: nonEmpty)
  var output: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The number of pictures of each class. (default: 200)", valueName: "count"),
    transform: wholeNumber(from: 1, to: 1_000_000))
  var perClass = 200

  @OptionGroup var seed: SeedOption

  @OptionGroup var threads: ThreadsOption

  func run() throws {
    threads.apply()
    let demoData = DemoData(perClass: perClass, seed: UInt64(seed.seed))
    let showsProgress = Console.canRedraw
    try demoData.write(to: output) { finished in
      guard showsProgress else { return }
      Console.redraw("\(finished) of \(counted(demoData.count, "picture"))", ended: finished == demoData.count)
    }
    try Console.print(
      "\(output.withoutControls): \(counted(demoData.count, "picture")), "
        + "\(perClass) of each of \(DemoData.subjects.count) classes"
    )
  }
}
