import ArgumentParser
import Kilim

@main
struct Divar: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Collects classified-ad photos of 11 classes, trains a classifier of them, and uses it.",
    subcommands: [
      CollectCommand.self, DemoDataCommand.self, InspectCommand.self, TrainCommand.self, EvaluateCommand.self,
      PredictCommand.self, SummaryCommand.self, BenchCommand.self, ExportCommand.self, ImportCommand.self,
    ])
}
