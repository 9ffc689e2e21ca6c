import Autograd
import Data
import Foundation
import NN
import Tensor

// What a model stores in addition to its weights, so that prediction needs nothing else.

extension Model {
  /// The names of the classes in the order of the outputs; `fit` sets them. A model with one output may have two names:
  /// the output is then the probability of the second class.
  public var classes: [String] {
    get { decode([String].self, "classes") ?? [] }
    set { encode(newValue.isEmpty ? nil : newValue, "classes") }
  }

  /// How a photo is converted to an input of the model; `fit` on photos sets it.
  public var preprocessing: Preprocessing? {
    get { decode(Preprocessing.self, "preprocessing") }
    set { encode(newValue, "preprocessing") }
  }

  /// What the outputs mean, such as probabilities or logits; `fit` sets it from the loss.
  public var outputMeaning: OutputMeaning? {
    get { decode(OutputMeaning.self, "outputs") }
    set { encode(newValue, "outputs") }
  }

  /// What the outputs stand for, unless it is one of ``classes``: several classes, or numbers with their scaling. `fit`
  /// sets it from the data.
  public var targetMeaning: TargetMeaning? {
    get { decode(TargetMeaning.self, Self.targetsKey) }
    set { encode(newValue, Self.targetsKey) }
  }

  private static let targetsKey = "targets"

  /// The ``targetMeaning``; `nil` only if the model has none.
  ///
  /// - Throws: ``DamagedTargets``.
  package func checkedTargetMeaning() throws(DamagedTargets) -> TargetMeaning? {
    guard let text = metadata[Self.targetsKey] else { return nil }
    do {
      return try JSONDecoder().decode(TargetMeaning.self, from: Data(text.utf8))
    } catch DecodingError.dataCorrupted(let context) {
      throw DamagedTargets(reason: context.debugDescription)
    } catch {
      throw DamagedTargets(reason: "a part is missing")
    }
  }

  /// What each output of a model with several stands for, by the name of the output; `fit` sets it from the data.
  public var outputTargets: [String: TargetMeaning] {
    get { decode([String: TargetMeaning].self, "outputTargets") ?? [:] }
    set { encode(newValue.isEmpty ? nil : newValue, "outputTargets") }
  }

  /// What the numbers of each output of a model with several mean, by the name of the output; `fit` sets it from the losses.
  public var outputMeanings: [String: OutputMeaning] {
    get { decode([String: OutputMeaning].self, "outputMeanings") ?? [:] }
    set { encode(newValue.isEmpty ? nil : newValue, "outputMeanings") }
  }

  /// How photos are converted to the inputs of a model with several, by the name of the input; `fit` sets it from the data.
  public var inputPreprocessings: [String: Preprocessing] {
    get { decode([String: Preprocessing].self, "inputPreprocessings") ?? [:] }
    set { encode(newValue.isEmpty ? nil : newValue, "inputPreprocessings") }
  }

  /// Where the features come from that the model takes as inputs; `fit` on a ``FeatureDataset`` sets it.
  public var featureOrigin: FeatureOrigin? {
    get { decode(FeatureOrigin.self, "features") }
    set { encode(newValue, "features") }
  }

  /// Where the features come from that a model with several inputs takes, by the name of the input; `fit` sets it from the data.
  public var inputFeatures: [String: FeatureOrigin] {
    get { decode([String: FeatureOrigin].self, "inputFeatures") ?? [:] }
    set { encode(newValue.isEmpty ? nil : newValue, "inputFeatures") }
  }

  /// What the inputs are made from, by their names, as far as the model says it.
  var inputMeanings: [String: InputMeaning] {
    guard inputNames.count > 1 else {
      let meaning = featureOrigin.map { InputMeaning.features($0) } ?? preprocessing.map { .photos($0) }
      return meaning.map { [inputNames[0]: $0] } ?? [:]
    }
    return inputPreprocessings.mapValues { .photos($0) }.merging(inputFeatures.mapValues { .features($0) }) { $1 }
  }

  /// The network by name that the model is, and the weights that it began with: `torchvision-ResNet50, torchvision IMAGENET1K_V2`.
  public var knownNetwork: String? {
    get { decode(String.self, "network") }
    set { encode(newValue, "network") }
  }

  /// Whether the model is a network beside checkpoints, which hold its weights: its own are the random ones that a training began
  /// with. Training it, and loading a checkpoint, give it others.
  public var lacksTrainedWeights: Bool {
    get { decode(Bool.self, "lacksTrainedWeights") ?? false }
    set { encode(newValue ? true : nil, "lacksTrainedWeights") }
  }

  /// How far the answers can be trusted, and which photos are of none of the classes. Any training removes it: it is right only
  /// for the weights that it was made with.
  public var confidence: Confidence? {
    get { decode(Confidence.self, Self.confidenceKey) }
    set { encode(newValue, Self.confidenceKey) }
  }

  private static let confidenceKey = "confidence"

  /// The ``confidence``; `nil` only if the model has none.
  ///
  /// - Throws: ``ConfidenceError/damaged(_:)``, and ``ConfidenceError/otherFeatures(_:)`` for a head whose confidence
  ///   was learned on features of another backbone.
  package func checkedConfidence() throws(ConfidenceError) -> Confidence? {
    guard let confidence = try readConfidence() else { return nil }
    if let rule = confidence.rejection, rule.layer == nil, let origin = rule.origin, let own = featureOrigin,
      origin != own
    {
      throw .otherFeatures(
        DifferentFeatures(first: "the confidence", firstOrigin: origin, second: "the model", secondOrigin: own))
    }
    return confidence
  }

  private func readConfidence() throws(ConfidenceError) -> Confidence? {
    guard let text = metadata[Self.confidenceKey] else { return nil }
    do {
      return try JSONDecoder().decode(Confidence.self, from: Data(text.utf8))
    } catch DecodingError.dataCorrupted(let context) {
      throw .damaged(context.debugDescription)
    } catch {
      throw .damaged("a part is missing")
    }
  }

  /// The number of epochs that the model was trained for, in all calls of `fit`. The random numbers of the next epoch
  /// depend on it.
  public var trainedEpochs: Int {
    get { max(decode(Int.self, Self.trainedEpochsKey) ?? 0, 0) }
    set { encode(newValue == 0 ? nil : newValue, Self.trainedEpochsKey) }
  }

  static let trainedEpochsKey = "trainedEpochs"

  /// Whether the model ends in a softmax or a sigmoid. Runs it on an input of zeros.
  package var endsInProbabilities: Bool {
    guard let inputShape else { return false }
    return self(Variable(Tensor(zeros: Shape([1] + inputShape))), Context(.inference)).isProbabilities
  }

  private func decode<Value: Decodable>(_ type: Value.Type, _ key: String) -> Value? {
    metadata[key].flatMap { try? JSONDecoder().decode(type, from: Data($0.utf8)) }
  }

  private func encode(_ value: (some Encodable)?, _ key: String) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    metadata[key] = value.flatMap { try? encoder.encode($0) }.map { String(decoding: $0, as: UTF8.self) }
  }
}

extension Layer {
  /// Stores in the model what it is trained on.
  func remember(_ dataset: any Dataset, _ objective: Objective) {
    guard let model = self as? Model else { return }
    model.confidence = nil
    model.lacksTrainedWeights = false
    model.remember(inputsOf: dataset, objective.wiring)
    guard objective.outputs.count == 1 else {
      for output in objective.outputs {
        if let meaning = output.meaning { model.outputTargets[output.name] = meaning }
        if let meaning = output.loss.outputMeaning { model.outputMeanings[output.name] = meaning }
      }
      return
    }
    if !dataset.classes.isEmpty { model.classes = dataset.classes }
    switch dataset.targetMeaning {
    case .severalClasses, .numbers: model.targetMeaning = dataset.targetMeaning
    // The class names say all.
    case .oneClass, .unknown, nil: break
    }
    if let meaning = objective.outputs[0].loss.outputMeaning { model.outputMeaning = meaning }
  }

  /// Throws a ``FitError`` if the model was trained to output logits and a loss expects probabilities, or the
  /// reverse.
  ///
  /// - Parameter losses: one for each output.
  func checkOutputs(against losses: [any Loss]) throws {
    guard let model = self as? Model else { return }
    let names = model.namesOfOutputs
    for (name, loss) in zip(names, losses) {
      guard let known = names.count == 1 ? model.outputMeaning : model.outputMeanings[name],
        let expected = loss.outputMeaning
      else { continue }
      if known != .values, expected != .values, known.isLogits != expected.isLogits {
        throw FitError.otherOutputs(model: known, loss: expected)
      }
    }
  }
}

extension Model {
  fileprivate func remember(inputsOf dataset: any Dataset, _ wiring: Wiring) {
    let meanings = dataset.inputMeanings
    for (name, place) in zip(inputNames, wiring.inputs) where meanings.indices.contains(place) {
      switch (meanings[place], inputNames.count) {
      case (.photos(let preprocessing), 1): self.preprocessing = preprocessing
      case (.photos(let preprocessing), _): inputPreprocessings[name] = preprocessing
      case (.features(let origin), 1): featureOrigin = origin
      case (.features(let origin), _): inputFeatures[name] = origin
      case (nil, _): break
      }
    }
  }
}
