import ArgumentParser
import Kilim

/// `divar import`: a model of another program, with everything that divar needs to use it.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Makes a model for divar from a file of another program.",
    discussion: """
      A complete model of Keras (.keras, .h5) or ONNX keeps its layers and weights. With --into, it gets from that model \
      what Keras loses when it saves a file again: the class names, or the numbers with their scaling, what the outputs \
      mean, and the preprocessing. What the file says itself stays; it is an error if that model says something else. A file of weights only (.pth, \
      .weights.h5, .safetensors, .npz, a checkpoint) needs --into or --network: its weights go into a copy of that model, \
      or into a known network, which must have the same layers. A checkpoint in its original folder needs neither. The \
      format is recognized by the content of the file, not by its name. Nothing in a file of PyTorch is executed.
      """)

  @Argument(help: "The file, or the output folder of a training.")
  var file: String

  @OptionGroup var target: TargetArgument

  @Option(
    help: ArgumentHelp(
      "The model that gives its layers, class names or numbers, and preprocessing.", valueName: "model"),
    transform: nonEmpty)
  var into: String?

  @Option(
    help: ArgumentHelp(
      "The network that the weights belong to, such as efficientnet-lite0 or torchvision-resnet50. It gives the "
        + "preprocessing; --classes says how many classes there are (1000 by default), --image-size the size of photos.",
      valueName: "name"),
    transform: nonEmpty)
  var network: String?

  @Option(
    help: ArgumentHelp(
      "With --network: which published weights the file holds, by a name that divar backbones lists, or by their "
        + "origin, such as timm. They say how photos become inputs. (default: the first that it lists)",
      valueName: "name"),
    transform: nonEmpty)
  var weights: String?

  @Flag(
    help: """
      For weights of PyTorch: match layers with other names by their order and shapes. Where that is not certain, it is an \
      error.
      """)
  var byOrder = false

  @OptionGroup var overwrite: OverwriteOption

  @OptionGroup(title: "Model") var meaning: PhotoMeaningOptions

  func validate() throws {
    if into != nil, network != nil { throw ValidationError("give --into or --network, not both") }
    if weights != nil, network == nil { throw ValidationError("--weights needs --network") }
    guard target.path != nil else {
      throw ValidationError("name the .keras file to write, behind the file to import or with --output")
    }
  }

  func run() throws {
    let output = target.path ?? ""
    let inputs: [CommandInput] =
      [.model(file, "the file to import"), .model(into ?? "", "the model of --into")]
      + (meaning.classes.map { [CommandInput("the list of --classes", $0)] } ?? [])
    let written = try OutputFile(output, overwrite: overwrite.overwrite, keeping: inputs)
    let network = try readNetwork()
    try meaning.complete(network, from: file)
    if !network.classes.isEmpty { try meaning.checkOutputs(of: network, from: file) }
    try written.write { try network.save(to: $0) }
    try Console.print(network.summary())
    let missing = [
      (network.classes.isEmpty && !network.predictsNumbers, "class names", "--classes"),
      (network.preprocessing == nil, "preprocessing", "--scale"),
    ].filter(\.0)
    if !missing.isEmpty {
      Console.note(
        "\(output) holds no \(missing.map(\.1).joined(separator: " and no ")); to predict with it, import with "
          + "\(missing.map(\.2).joined(separator: " and ")), or give them to divar predict")
    }
  }

  private func readNetwork() throws -> Model {
    if pathKind(file) == .folder || into == nil && network == nil {
      return try described(readModel(file, imageSize: meaning.imageSize))
    }
    let format = try ModelFileFormat(contentsOf: file)
    switch format {
    case .keras, .hdf5Model, .onnx: return try described(readModel(file, imageSize: meaning.imageSize))
    case .hdf5Weights, .safetensors, .npz, .pyTorch: break
    default: throw ModelReadingError(path: file, format: format)
    }
    let network = try emptyNetwork(for: format)
    try withWeights(of: file, for: self.network ?? into ?? "") {
      let notes = try network.load(weights: file, format: format, byOrder: byOrder)
      notes.forEach(Console.note)
    }
    // It was learned with other weights.
    network.confidence = nil
    network.lacksTrainedWeights = false
    return network
  }

  /// The network that gets the weights.
  private func emptyNetwork(for format: ModelFileFormat) throws -> Model {
    guard let network else { return try readModel(into ?? file, imageSize: meaning.imageSize, forLayers: true) }
    let known = try NamedNetwork(network)
    let published = try known.publishedWeights(weights, fitting: weightsThatTheFileCanHold(of: known, format))
    let size = meaning.imageSize ?? ImageSize(square: published.imageSize)
    let model = try known.model(
      for: published, inputShape: [3, size.height, size.width],
      classes: meaning.classes.map { try ClassNames($0).names.count } ?? 1000)
    model.preprocessing = Preprocessing(for: published, imageSize: size)
    model.knownNetwork = "\(known.name), \(published.origin.rawValue) \(published.name)"
    return model
  }

  /// The published weights that the file can hold, where the network differs between them; `nil` where it does not.
  private func weightsThatTheFileCanHold(
    of network: NamedNetwork, _ format: ModelFileFormat
  ) throws -> [PublishedWeights]? {
    guard weights == nil, network.weights.contains(where: { $0.epsilon != nil }) else { return nil }
    switch format {
    case .pyTorch: return network.weights(for: try PyTorchFile(contentsOf: file).tensors)
    case .safetensors: return network.weights(for: try Safetensors(contentsOf: file).tensors)
    default: return nil
    }
  }

  /// Gives a whole model what another one says, where there is one.
  private func described(_ network: Model) throws -> Model {
    if self.network != nil {
      throw ModelReadingError(path: file, problem: "it is a whole model, which has its own layers; leave out --network")
    }
    return try into.map { try describe(network, as: $0) } ?? network
  }

  /// Adds to a model what only another model with the same inputs and outputs says about them. Its training stays as it is.
  private func describe(_ network: Model, as path: String) throws -> Model {
    let other = try readModel(path, imageSize: meaning.imageSize, forLayers: true)
    guard network.inputShape == other.inputShape, network.outputShape == other.outputShape else {
      func shapes(_ model: Model) -> String { "\(model.inputShape ?? []) to \(model.outputShape ?? [])" }
      throw ModelMeaningError(
        path: file, problem: "it turns \(shapes(network)), and \(path) turns \(shapes(other)); expected the same shapes"
      )
    }
    do {
      try network.complete(from: other, owner: file, otherOwner: path)
    } catch {
      throw ModelMeaningError(
        path: file,
        problem: "\(error); --into adds only what a file does not say itself: name another model, or leave it out")
    }
    if let confidence = other.confidence, network.confidence == nil {
      if network.state == other.state {
        network.confidence = confidence
      } else {
        Console.note("the weights are not those of \(path); its confidence, with \"none of these\", is left out")
      }
    }
    return network
  }
}
