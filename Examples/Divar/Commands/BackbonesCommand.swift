import ArgumentParser
import Kilim
import Serialization

/// `divar backbones`: the networks that can make features of photos, and what a file of one holds.
struct BackbonesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backbones",
    abstract: "Lists the networks that can make features of photos, or checks the file of one.",
    discussion: """
      A file of PyTorch is compared with the known networks. Nothing in it is executed.
      """)

  @Argument(help: "A model, the output folder of a training, or a file of weights of PyTorch.")
  var file: String?

  @OptionGroup var threads: ThreadsOption

  func run() throws {
    threads.apply()
    try Console.print(try file.map(check) ?? list)
  }

  /// All networks with their published weights, and where people get these.
  private var list: String {
    let width = NamedNetwork.all.map(\.name.count).max() ?? 0
    let networks = NamedNetwork.all.map { network -> String in
      let padding = String(repeating: " ", count: width - network.name.count)
      return "\(network.name)\(padding)  \(network.imageSize)  \(words(network.weights))"
    }
    let sources = PublishedWeights.Origin.allCases.map { "  \($0.rawValue): \($0.source)" }
    let way =
      "divar import FILE --network NAME --weights WEIGHTS --output NAME.keras makes a backbone of a file of weights"
    let lines: [String] = networks + ["", "where to get weights:"] + sources + ["", way]
    return lines.joined(separator: "\n")
  }

  /// Published weights, by who publishes them.
  private func words(_ weights: [PublishedWeights]) -> String {
    let origins = PublishedWeights.Origin.allCases.filter { origin in weights.contains { $0.origin == origin } }
    return origins.map { origin -> String in
      let names = weights.filter { $0.origin == origin }.map(\.name).joined(separator: ", ")
      return "\(origin.rawValue) \(names)"
    }.joined(separator: "; ")
  }

  /// What a file holds, line by line.
  private func check(_ path: String) throws -> String {
    let path = try modelFile(path)
    let format = try ModelFileFormat(contentsOf: path)
    switch format {
    case .pyTorch: return try report(PyTorchFile(contentsOf: path).tensors, path, format)
    case .safetensors where try !isCheckpoint(path):
      return try report(Safetensors(contentsOf: path).tensors, path, format)
    default: return try report(readModel(path), path, format)
    }
  }

  private func report(_ tensors: [String: Tensor<Float>], _ path: String, _ format: ModelFileFormat) throws -> String {
    guard let network = NamedNetwork.recognized(by: tensors) else {
      throw ModelReadingError(
        path: path,
        problem:
          "it is \(format) with \(counted(tensors.count, "tensor")), of no network that is known here; divar backbones lists "
          + "the known ones, and divar import --into puts weights into a model with the same layers")
    }
    let weights = network.weights(for: tensors)
    let choice = weights[0] == network.weights[0] ? "" : " --weights \(weights[0].origin.rawValue)"
    let names = weights.map { each in "\(each.origin.rawValue) \(each.name)" }
    let photos = Preprocessing(for: weights[0]).inWords
    let lines: [String] = [
      "\(path): \(format)",
      "network: \(network.name)",
      "weights: \(names.joined(separator: ", or "))",
      "photos: \(photos)",
      "divar import \(path) --network \(network.name.lowercased())\(choice) --output NAME.keras makes a backbone of it",
    ]
    return lines.map(\.withoutControls).joined(separator: "\n")
  }

  private func report(_ model: Model, _ path: String, _ format: ModelFileFormat) throws -> String {
    var lines = ["\(path): \(format)"]
    lines.append("network: " + (model.knownNetwork ?? "not known; only files that divar import --network wrote say it"))
    lines.append("inputs: " + model.inputShapes.map(\.description).joined(separator: ", "))
    if let features = try? model.withoutClassifier() {
      let count = features.outputShape?.elementCount ?? 0
      lines.append("features: \(counted(count, "number")), from the layer \(features.outputNames[0])")
    } else {
      lines.append("features: none that can be told from the classifier; --layer names the layer that makes them")
    }
    let (names, outputs) = (model.classes, model.outputShape?.elementCount ?? 0)
    lines.append(
      "classes: " + (names.isEmpty ? "\(counted(outputs, "output")) without names" : shortList(names, limit: 8)))
    let photos = model.preprocessing?.inWords ?? "not known; divar import with --scale, --mean, --deviation says it"
    lines.append("photos: \(photos)")
    return lines.map(\.withoutControls).joined(separator: "\n")
  }
}
