import ArgumentParser
import Kilim

/// `divar import`: a model from elsewhere, with what divar needs to use it.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Makes a model that divar uses from a file of another program.",
    discussion: """
      A whole model of Keras (.keras, .h5) is taken as it is; with --into it gets the class names and the preprocessing of \
      that model, which Keras loses when it saves a file again. Weights alone (.weights.h5, .safetensors, .npz, a \
      checkpoint) go into a copy of the model that --into names, which must have the same layers. A checkpoint of divar \
      train needs no --into where it was written. The format is read from the content of the file, not from its name.
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

  private func readNetwork() throws -> Sequential {
    guard let into else { return try readModel(file) }
    if pathKind(file) == .folder { return try describe(readModel(file), as: into) }
    let format = try ModelFileFormat(contentsOf: file)
    switch format {
    case .keras, .hdf5Model: return try describe(readModel(file), as: into)
    case .hdf5Weights, .safetensors, .npz: break
    default: throw ModelReadingError(path: file, format: format)
    }
    let network = try readModel(into)
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
    return network
  }

  /// Gives a model the class names and the preprocessing of another one with the same inputs and outputs.
  private func describe(_ network: Sequential, as path: String) throws -> Sequential {
    let other = try readModel(path)
    guard network.inputShape == other.inputShape, network.outputShape == other.outputShape else {
      func shapes(_ model: Sequential) -> String { "\(model.inputShape ?? []) to \(model.outputShape ?? [])" }
      throw ModelMeaningError(
        path: file, problem: "it turns \(shapes(network)), and \(path) turns \(shapes(other)); expected the same shapes"
      )
    }
    // What its outputs mean, and how it was trained, stays its own.
    if !other.classes.isEmpty { network.classes = other.classes }
    if let preprocessing = other.preprocessing { network.preprocessing = preprocessing }
    return network
  }
}
