import ArgumentParser
import Kilim

/// `divar summary`: the layers of a model.
struct SummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary", abstract: "Shows the layers of a saved model, or of the original network.")

  @Argument(help: "The model, a .keras file; the original network for 11 classes when left out.")
  var model: String?

  func run() throws {
    let network =
      try model.map { try Sequential(contentsOf: $0) } ?? originalNetwork(imageSize: 64, classCount: 11, seed: 0)
    print(network.summary())
  }
}
