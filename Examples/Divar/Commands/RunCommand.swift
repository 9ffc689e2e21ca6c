import ArgumentParser
import Kilim

/// `divar run`: what a model makes of arrays.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs a model on arrays, and writes its outputs.",
    discussion: """
      The arrays are used as they are: nothing is decoded, resized or rescaled. The first axis counts the examples. Sizes \
      that the model leaves open are those of the arrays.

      One input is an .npy file. Several inputs are an .npz file with an array for each, under the names that divar \
      summary shows. One output is written as .npy, or as .npz under its name; several outputs need an .npz file. They \
      have the names of their layers; what else the same layer makes is NAME_1, NAME_2 and so on. If an output is NaN or \
      infinite, the file is written, and the exit code is 1.
      """)

  @Argument(help: "The model: a .keras, .h5 or .onnx file, a checkpoint, or the output folder of a training.")
  var model: String

  @Argument(help: "The inputs: an .npy or .npz file.")
  var input: String

  @Argument(help: "The file to write: .npy or .npz.")
  var output: String

  @Option(
    help: ArgumentHelp(
      "Write the output of this layer, in place of the outputs of the model. May be given several times.",
      valueName: "name"))
  var layer: [String] = []

  @Option(
    help: """
      The order of the axes of images, also in sequence, in the arrays that are read and written: nhwc as in Keras, nchw \
      as in PyTorch. (default: the one that fits the inputs of the model)
      """)
  var layout: ArrayLayout?

  @OptionGroup var overwrite: OverwriteOption

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The number of examples that are computed at once. (default: 32)", valueName: "examples"),
    transform: wholeNumber(from: 1))
  var batchSize = 32

  @OptionGroup(title: "Computing") var threads: ThreadsOption

  func validate() throws {
    guard output.hasSuffix(".npy") || output.hasSuffix(".npz") else {
      throw ValidationError("OUTPUT \"\(output)\" must end in .npy or .npz")
    }
  }

  func run() throws {
    threads.apply()
    let file = try OutputFile(
      output, option: "OUTPUT", overwrite: overwrite.overwrite,
      keeping: [.model(model), CommandInput("the input", input)])
    let whole = try readModel(model) { try ModelArrays.shape(ofInput: $0, $1, in: input, layout: layout) }
    let network = try part(of: whole)
    let arrays = try ModelArrays(input, for: network, layout: layout)
    let names = layer.isEmpty ? distinct(network.outputNames) : layer
    let isArchive = output.hasSuffix(".npz")
    guard isArchive || names.count == 1 else {
      throw ValidationError(
        "there are \(names.count) outputs, \(names.joined(separator: ", ")); write them to an .npz file, or choose one "
          + "with --layer")
    }
    let results = try arrays.results(of: network, batchSize: batchSize)
    try file.write { path in
      if isArchive {
        try NPZ(tensors: Dictionary(uniqueKeysWithValues: zip(names, results))).write(to: path)
      } else {
        try results[0].writeNPY(to: path)
      }
    }
    for (name, result) in zip(names, results) { try Console.print("\(name.withoutControls): \(result.shape)") }
    // Written all the same: the layer that makes them is found by looking at others.
    for (name, result) in zip(names, results) where result.nonFiniteRowCount > 0 {
      throw ModelMeaningError(
        path: model,
        problem: "its output \(name) is not finite for \(result.nonFiniteRowCount) of "
          + "\(counted(result.shape[0], "example")); \(output) holds it as it is")
    }
  }

  /// The names, each once: a layer makes several outputs if it has states or is called several times.
  private func distinct(_ names: [String]) -> [String] {
    var taken = Set(names)
    var seen: Set<String> = []
    return names.map { name in
      if seen.insert(name).inserted { return name }
      let numbered = (1...).lazy.map { "\(name)_\($0)" }.first { !taken.contains($0) } ?? name
      taken.insert(numbered)
      return numbered
    }
  }

  /// The model up to the layers that are asked for.
  private func part(of network: Model) throws -> Model {
    if layer.isEmpty { return network }
    if let twice = layer.first(where: { name in layer.count { $0 == name } > 1 }) {
      throw ValidationError("--layer \(twice) is given twice")
    }
    let outputs = try layer.map { name in
      do {
        return try network.value(of: name)
      } catch let error as ModelError {
        throw ValidationError("\(error)")
      }
    }
    return try Model(inputs: network.inputs, outputs: outputs)
  }
}
