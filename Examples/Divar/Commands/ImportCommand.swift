import ArgumentParser
import Kilim

/// `divar import`: a model of another program, with everything that divar needs to use it.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Makes a model for divar from a file of another program.",
    discussion: """
      A complete Keras model (.keras, .h5) keeps its layers and weights. With --into, it gets the class names and the \
      preprocessing of that model, which Keras loses when it saves a file again. A file of weights only (.weights.h5, \
      .safetensors, .npz, a checkpoint) needs --into: its weights go into a copy of that model, which must have the same \
      layers. A checkpoint in its original folder needs no --into. The format is recognized by the content of the file, \
      not by its name.
      """)

  @Argument(help: "The file, or the output folder of a training.")
  var file: String

  @Option(
    help: ArgumentHelp("The model that gives its layers, class names and preprocessing.", valueName: "model"),
    transform: nonEmpty)
  var into: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("The .keras file to write.", valueName: "file"), transform: nonEmpty)
  var output: String

  @OptionGroup var overwrite: OverwriteOption

  @OptionGroup(title: "Model") var meaning: PhotoMeaningOptions

  func run() throws {
    for (name, input) in [("the file to import", file), ("--into", into ?? "")] {
      guard FileIdentity(output) == nil || FileIdentity(output) != FileIdentity(input) else {
        throw ValidationError("--output is \(name) itself; name another file")
      }
    }
    let target = try OutputFile(output, overwrite: overwrite.overwrite)
    let network = try readNetwork()
    try meaning.complete(network, from: file)
    try target.write { try network.save(to: $0) }
    try Console.print(network.summary())
    if network.classes.isEmpty || network.preprocessing == nil {
      Console.note(
        "\(output) holds no class names or no preprocessing; to predict with it, import with --classes and --scale, or give "
          + "them to divar predict")
    }
  }

  private func readNetwork() throws -> Model {
    guard let into else { return try readModel(file) }
    if pathKind(file) == .folder { return try describe(readModel(file), as: into) }
    let format = try ModelFileFormat(contentsOf: file)
    switch format {
    case .keras, .hdf5Model: return try describe(readModel(file), as: into)
    case .hdf5Weights, .safetensors, .npz: break
    default: throw ModelReadingError(path: file, format: format)
    }
    let network = try readModel(into)
    try withWeights(of: file, for: into) {
      switch format {
      case .hdf5Weights: try network.loadWeights(from: file)
      case .npz: try network.load(state: NPZ(contentsOf: file).tensors)
      default:
        if try isCheckpoint(file) {
          try network.load(checkpoint: file)
        } else {
          try network.load(state: Safetensors(contentsOf: file).tensors)
        }
      }
    }
    return network
  }

  /// Gives a model the class names and the preprocessing of another model with the same inputs and outputs.
  private func describe(_ network: Model, as path: String) throws -> Model {
    let other = try readModel(path)
    guard network.inputShape == other.inputShape, network.outputShape == other.outputShape else {
      func shapes(_ model: Model) -> String { "\(model.inputShape ?? []) to \(model.outputShape ?? [])" }
      throw ModelMeaningError(
        path: file, problem: "it turns \(shapes(network)), and \(path) turns \(shapes(other)); expected the same shapes"
      )
    }
    // The meaning of its outputs and its training stay as they are.
    if !other.classes.isEmpty { network.classes = other.classes }
    if let preprocessing = other.preprocessing { network.preprocessing = preprocessing }
    return network
  }
}
