import ArgumentParser
import Kilim

/// `divar summary`: the layers of a model.
struct SummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary",
    abstract: "Shows the layers of a saved model, of a network by name, or of the original network.")

  @Argument(
    help: """
      The model: a .keras, .h5 or .onnx file, a checkpoint, or the output folder of a training; without it, the original network \
      for 11 classes.
      """)
  var model: String?

  @OptionGroup var named: NamedNetworkOptions

  func validate() throws {
    if model != nil, named.network != nil {
      throw ValidationError("A model and --network cannot be used together")
    }
    if named.lacksNetwork { throw ValidationError("--classes and --image-size need --network") }
  }

  func run() throws {
    if let network = try named.model() { return try Console.print(network.summary()) }
    let network =
      try model.map { try readModel($0, forLayers: true) } ?? originalNetwork(imageSize: 64, classCount: 11, seed: 0)
    try Console.print(network.summary())
    if !network.classes.isEmpty {
      try Console.print("Classes: \(network.classes.map(\.withoutControls).joined(separator: ", "))")
    }
    if let preprocessing = network.preprocessing { try Console.print("Photos: \(preprocessing.inWords)") }
  }
}
