import Data
import NN
import Serialization

/// What a data set or a model says about the meaning of its numbers. If two of them are used together, they must agree.
/// One that says nothing agrees with all.
struct DataMeaning {
  /// The data set or model, such as "the validation data".
  let owner: String
  /// The targets, or the outputs of a model.
  let targets: [Target]
  /// What the inputs are made from.
  let inputs: [Input]

  /// The targets of one output.
  struct Target {
    /// `nil` if it was not said.
    let name: String?
    /// The names of the classes in the order of the targets.
    let classes: [String]
    /// What the targets mean.
    let meaning: TargetMeaning?
  }

  /// One input.
  struct Input {
    /// `nil` if it was not said.
    let name: String?
    /// What it is made from; `nil` if it was not said.
    let meaning: InputMeaning?
  }

  init(_ dataset: any Dataset, _ owner: String) {
    self.owner = owner
    let (meanings, names) = (dataset.targetMeanings, dataset.targetNames)
    targets = meanings.indices.map { index in
      Target(
        name: names.indices.contains(index) ? names[index] : nil,
        classes: index == 0 ? dataset.classes : meanings[index]?.classes ?? [], meaning: meanings[index])
    }
    let inputNames = dataset.inputNames
    inputs = dataset.inputMeanings.enumerated().map { index, meaning in
      Input(name: inputNames.indices.contains(index) ? inputNames[index] : nil, meaning: meaning)
    }
  }

  /// - Throws: ``DamagedTargets`` if what the model stores about its targets cannot be used.
  init(_ layer: any Layer) throws {
    owner = "the model"
    guard let model = layer as? Model else {
      (targets, inputs) = ([], [])
      return
    }
    let outputs = model.namesOfOutputs
    if outputs.count == 1 {
      targets = [Target(name: outputs[0], classes: model.classes, meaning: try model.meaningOfTargets())]
    } else {
      let known = model.outputTargets
      targets = outputs.map { Target(name: $0, classes: known[$0]?.classes ?? [], meaning: known[$0]) }
    }
    let known = model.inputMeanings
    inputs = model.inputNames.map { Input(name: $0, meaning: known[$0]) }
  }

  /// Throws a ``FitError`` that names both sides, unless both have the same classes (by code points, in the same order)
  /// and inputs that are made in the same way, and their targets have the same meaning.
  func check(against other: DataMeaning) throws {
    for target in targets where target.meaning == .unknown { throw FitError.unknownTargets(owner) }
    for (own, expected) in matched(targets, other.targets, by: \.name) {
      func named(_ owner: String) -> String {
        targets.count > 1 ? "\(owner), \(own.name ?? expected.name ?? "output")" : owner
      }
      if !own.classes.isEmpty, !expected.classes.isEmpty, !own.classes.equalsExactly(expected.classes) {
        throw FitError.otherClasses(
          DifferentClasses(
            first: named(owner), firstClasses: own.classes, second: named(other.owner), secondClasses: expected.classes)
        )
      }
      if let found = own.meaning, let wanted = expected.meaning, found != wanted {
        throw FitError.otherTargets(
          DifferentTargets(
            first: named(owner), firstTargets: found, second: named(other.owner), secondTargets: wanted))
      }
    }
    try checkInputs(against: other)
  }

  /// Throws a ``FitError`` unless the inputs of both are made in the same way.
  func checkInputs(against other: DataMeaning) throws {
    for (own, expected) in matched(inputs, other.inputs, by: \.name) {
      switch (own.meaning, expected.meaning) {
      case (.photos(let found), .photos(let wanted)) where found != wanted:
        throw FitError.otherPreprocessing(
          DifferentPreprocessing(
            first: owner, firstPreprocessing: found, second: other.owner, secondPreprocessing: wanted))
      case (.features(let found), .features(let wanted)) where found != wanted:
        throw FitError.otherFeatures(
          DifferentFeatures(first: owner, firstOrigin: found, second: other.owner, secondOrigin: wanted))
      default: break
      }
    }
  }

  /// Pairs of two lists: several by their names if all have one, otherwise by their order.
  private func matched<Part>(_ parts: [Part], _ others: [Part], by name: (Part) -> String?) -> [(Part, Part)] {
    let (names, otherNames) = (parts.compactMap(name), others.compactMap(name))
    guard parts.count > 1, names.count == parts.count, otherNames.count == others.count else {
      return Array(zip(parts, others))
    }
    return zip(names, parts).compactMap { name, part in
      otherNames.firstIndex(of: name).map { (part, others[$0]) }
    }
  }
}

extension Model {
  /// What a model with one output was trained to predict; `nil` if it does not say it.
  fileprivate func meaningOfTargets() throws -> TargetMeaning? {
    if let meaning = try checkedTargetMeaning() { return meaning }
    guard !classes.isEmpty, outputMeaning == .probabilities || outputMeaning == .logits else { return nil }
    return .oneClass(names: classes)
  }
}
