import ArgumentParser
import Foundation
import Kilim

/// `divar import`: the weights of a file in a model.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Makes a model that divar uses of a file from elsewhere.",
    discussion: """
      A .keras file or a whole model in .h5 is a model of its own. Weights alone (.weights.h5, .safetensors, .npz) go \
      into a copy of the model that --into names, which must have the same layers.
      """)

  @Argument(help: "The file: .keras, .h5, .weights.h5, .safetensors or .npz.")
  var file: String

  @Option(help: "The model, a .keras file, whose layers the weights are for.")
  var into: String?

  @Option(help: "The .keras file to write.")
  var output: String

  func validate() throws {
    let isModel = (file.hasSuffix(".keras") || file.hasSuffix(".h5")) && !file.hasSuffix(".weights.h5")
    if isModel, into != nil { throw ValidationError("\(file) is a model of its own; --into is for weights alone") }
    if !isModel, into == nil { throw ValidationError("--into must name the model that the weights of \(file) are for") }
  }

  func run() throws {
    let network = try Sequential(contentsOf: into ?? file)
    switch NSString(string: file).pathExtension {
    case "safetensors": try network.load(state: Safetensors(contentsOf: file).tensors)
    case "npz": try network.load(state: NPZ(contentsOf: file).tensors)
    case "h5" where into != nil: try network.loadWeights(from: file)
    case "keras", "h5": break
    default: throw ValidationError("\(file) is of no known format: .keras, .h5, .weights.h5, .safetensors or .npz")
    }
    try network.save(to: output)
    print(network.summary())
  }
}
