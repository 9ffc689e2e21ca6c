import Data
import NN
import Optim
import Serialization
import Tensor

/// Everything that decides the result of a training, except its state. A checkpoint can only be resumed by the same
/// training.
struct RunDescription: Codable, Equatable {
  /// One property, as `batch size` and `32`.
  struct Part: Codable, Equatable {
    let name: String
    let value: String
  }

  private var parts: [Part] = []

  private static let (trainingData, validationData) = ("training data", "validation data")
  private static let trainingPreprocessing = "preprocessing of the \(trainingData)"
  private static let validationPreprocessing = "preprocessing of the \(validationData)"
  private static let checksumMark = " with checksum "
  private static let connections = "connections"
  private static let (inputs, targets) = ("inputs", "targets")

  init(
    model: any Layer, loader: BatchLoader, validation: (any Dataset)?, optimizer: any Optimizer,
    objective: Objective, classWeights: [Float]?, firstEpoch: Int?, preciseStatistics: PreciseStatistics?
  ) throws {
    addLayers(of: model)
    add("optimizer", Self.withoutNewOptions(storedValues(of: optimizer, except: "state", "options")))
    add("loss", Self.describe(objective))
    add("metrics", objective.metrics.map(\.name).joined(separator: ", "))
    // Before the data, whose checksum says nothing to people.
    for (name, dataset) in [(Self.trainingPreprocessing, loader.dataset), (Self.validationPreprocessing, validation)] {
      let used = dataset?.inputMeanings.compactMap { $0?.preprocessing }.compactMap { storedValue($0) } ?? []
      add(name, used.isEmpty ? "none" : used.joined(separator: "; "))
    }
    try add(loader.dataset, as: Self.trainingData)
    if let validation { try add(validation, as: Self.validationData) } else { add(Self.validationData, "none") }
    add("batch size", "\(loader.batchSize)")
    add("shuffle", "\(loader.shuffle)")
    add("seed", "\(loader.seed)")
    add("augmentation", loader.augmentation.flatMap { storedValue($0) }.map(Self.withoutNewOptions) ?? "none")
    add("class weights", classWeights.map { "\($0)" } ?? "none")
    // Checkpoints of earlier versions do not have these values, so they are stored only if they are used.
    let options = optimizer.options
    if options != UpdateOptions() {
      let scales = options.scales.sorted { $0.key < $1.key }.map { "\(quoted($0.key)): \($0.value)" }
      add("optimizer options", (storedValue(options) ?? "") + " with scales [" + scales.joined(separator: ", ") + "]")
    }
    let weighted = objective.measured.filter(\.isWeighted).map(\.metric.name)
    if !weighted.isEmpty { add("weighted metrics", weighted.joined(separator: ", ")) }
    if let mixing = loader.mixing { add("mixing", storedValue(mixing) ?? "") }
    if let firstEpoch { add("first epoch", "\(firstEpoch)") }
    if let preciseStatistics { add("precise statistics", storedValue(preciseStatistics) ?? "") }
  }

  /// Everything that decides what a model answers: its layers and weights, and what their numbers mean. How long it was trained
  /// for does not.
  init(of model: any Layer) {
    addLayers(of: model)
    let metadata = ((model as? Model)?.metadata ?? [:]).filter { $0.key != Model.trainedEpochsKey }
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { add(key, value) }
    add("checksum of the weights", String(model.checksumOfState(seed: 0), radix: 16))
  }

  /// Everything that decides what a model answers to the examples of a data set.
  init(of model: any Layer, on dataset: any Dataset, batchSize: Int) throws {
    self.init(of: model)
    try add(dataset, as: "data")
    add("batch size", "\(batchSize)")
  }

  private mutating func addLayers(of model: any Layer) {
    for (path, layer) in model.layersByPath {
      let model = layer as? Model
      // The properties of a container follow from its layers and their connections.
      add(path.isEmpty ? "model" : "layer \(path)", model.map { "\(type(of: $0))" } ?? storedValues(of: layer))
      if let model { add(Self.connections + (path.isEmpty ? "" : " of \(path)"), model.connections) }
    }
    for (name, value) in model.state.sorted(by: { $0.key < $1.key }) { add("tensor \(name)", "\(value.shape)") }
  }

  /// Two texts; if they are long, without the items at their beginnings and ends that are the same in both.
  static func differingParts(_ first: String, _ second: String) -> (String, String) {
    guard max(first.count, second.count) > 100 else { return (first, second) }
    let (a, b) = (first.split(separator: ", "), second.split(separator: ", "))
    let start = zip(a, b).prefix { $0 == $1 }.count
    let end = min(zip(a.reversed(), b.reversed()).prefix { $0 == $1 }.count, min(a.count, b.count) - start)
    func part(_ items: [Substring]) -> String {
      guard start + end < items.count else { return "without it" }
      let shown = items[start..<items.count - end].joined(separator: ", ")
      return (start > 0 ? "…, " : "") + shown + (end > 0 ? ", …" : "")
    }
    return (part(a), part(b))
  }

  /// The differences from the run of a checkpoint, in words; empty if there are none.
  ///
  /// - Parameter place: where the other description comes from.
  func differences(from saved: RunDescription, place: String = "in the checkpoint") -> [String] {
    let here = Dictionary(parts.map { ($0.name, $0.value) }) { first, _ in first }
    var there = Dictionary(saved.parts.map { ($0.name, $0.value) }) { first, _ in first }
    for name in here.keys where Self.isNew(name) && there[name] == nil { there[name] = here[name] }
    var seen: Set<String> = []
    let names = (parts + saved.parts).map(\.name)
      .filter { seen.insert($0).inserted && here[$0].map(ExactText.init) != there[$0].map(ExactText.init) }
    return names.compactMap { name in
      let (value, saved) = (here[name] ?? "not there", there[name] ?? "not there")
      if Self.differOnlyInChecksum(value, saved) {
        // The pixels follow from the preprocessing, which is named.
        if names.contains("preprocessing of the \(name)") { return nil }
        return "\(name) is \(value), \(place) it is \(saved): other examples, in another order, or split in another way"
      }
      let (part, savedPart) = Self.differingParts(value, saved)
      let shown = Self.showingDifferences(part, savedPart)
      return "\(name) is \(shown.0), \(place) it is \(shown.1)"
    }
  }

  private static func differOnlyInChecksum(_ first: String, _ second: String) -> Bool {
    func description(_ text: String) -> ExactText? {
      text.ranges(of: checksumMark).last.map { ExactText(String(text[..<$0.lowerBound])) }
    }
    return description(first) != nil && description(first) == description(second)
  }

  /// Two texts, in which names that look alike are shown by their code points.
  private static func showingDifferences(_ first: String, _ second: String) -> (String, String) {
    func names(_ text: String) -> [String] {
      text.replacing(checksumMark, with: ", \(checksumMark)").split(separator: ", ").map(String.init)
    }
    let compared = ComparedNames(names(first), names(second))
    func shown(_ text: String) -> String {
      names(text).map(compared.text).joined(separator: ", ").replacing(", \(checksumMark)", with: checksumMark)
    }
    return (shown(first), shown(second))
  }

  /// Whether checkpoints of earlier versions do not have a part.
  private static func isNew(_ name: String) -> Bool {
    name == trainingPreprocessing || name == validationPreprocessing || name == connections
      || [connections, inputs, targets].contains { name.hasPrefix("\($0) of ") }
  }

  /// A text without options that checkpoints of earlier versions do not have, where they are not used.
  private static func withoutNewOptions(_ text: String) -> String {
    [", amsgrad: false", ", ignoreClass: none", ", randAugment: none"].reduce(text) { $0.replacing($1, with: "") }
  }

  /// Adds the stages of a fine-tuning, and which of them this is.
  mutating func add(_ stage: FitStage) {
    add("stages", storedValue(stage.tuning) ?? "")
    add("stage", "\(stage.index + 1)")
  }

  /// Adds what decides the result of a training over several processes, but not their number.
  mutating func add(_ distribution: Distribution) {
    if distribution.batchStatistics == .ofAllRanks { add("statistics of batches", "of all ranks") }
    if let scaling = distribution.learningRateScaling { add("learning rate scaling", storedValue(scaling) ?? "") }
  }

  mutating func add(_ name: String, _ value: String) {
    parts.append(Part(name: name, value: value))
  }

  /// The loss, or each loss with its weight.
  private static func describe(_ objective: Objective) -> String {
    func text(_ loss: any Loss) -> String { storedValue(loss).map(withoutNewOptions) ?? "\(type(of: loss))" }
    guard objective.outputs.count > 1 else { return text(objective.outputs[0].loss) }
    return objective.outputs.map { "\($0.weight) times \(text($0.loss)) of \(quoted($0.name))" }.joined(separator: ", ")
  }

  /// Adds the examples, and by their names which of several inputs and targets is which.
  private mutating func add(_ dataset: any Dataset, as name: String) throws {
    add(name, try Self.describe(dataset))
    let (inputs, targets) = (dataset.inputNames, dataset.targetNames)
    if inputs.count > 1 { add("\(Self.inputs) of the \(name)", inputs.map(quoted).joined(separator: ", ")) }
    let meanings = dataset.targetMeanings.map { $0.map(Self.describe) }
    // The classes of the first target stand with the examples.
    let isKnown = if case .oneClass? = dataset.targetMeanings.first ?? nil { meanings.count == 1 } else { false }
    guard targets.count > 1 || !isKnown && meanings.contains(where: { $0 != nil }) else { return }
    let described = meanings.enumerated().map { index, meaning in
      let name = targets.count > 1 && targets.indices.contains(index) ? quoted(targets[index]) + ", " : ""
      return name + (meaning ?? "not said")
    }
    add("\(Self.targets) of the \(name)", described.joined(separator: "; "))
  }

  private static func describe(_ meaning: TargetMeaning) -> String {
    func list(_ names: [String]) -> String { names.map(quoted).joined(separator: ", ") }
    return switch meaning {
    case .oneClass(let names): "one of the classes \(list(names))"
    case .severalClasses(let names): "any of the classes \(list(names))"
    case .numbers(let names, let scaling):
      "the numbers \(list(names))" + (scaling.map { ", standardized by \($0)" } ?? "")
    case .unknown: "not known"
    }
  }

  private static func describe(_ dataset: any Dataset) throws -> String {
    let checksum = String(try dataset.checksum(), radix: 16)
    let classes =
      dataset.classes.isEmpty ? "" : " of the classes " + dataset.classes.map(quoted).joined(separator: ", ")
    let shapes = dataset.inputShapes.map(\.description).joined(separator: " and ")
    let count = dataset.count == .max ? "examples of unknown number" : counted(dataset.count, "example")
    return "\(count) \(shapes)\(classes)\(checksumMark)\(checksum)"
  }
}

/// A name in a list; one with a comma is quoted, so that no two lists have the same text.
private func quoted(_ name: String) -> String {
  name.utf8.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") } ? name.debugDescription : name
}
