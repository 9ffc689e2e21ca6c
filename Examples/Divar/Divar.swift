import ArgumentParser
import Kilim

@main
struct Divar: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains an 11-class classifier of classified-ad photos, and uses it.",
    subcommands: [
      DemoDataCommand.self, TrainCommand.self, EvaluateCommand.self, PredictCommand.self, SummaryCommand.self,
      InspectCommand.self, BenchCommand.self, ExportCommand.self, ImportCommand.self,
    ])
}
