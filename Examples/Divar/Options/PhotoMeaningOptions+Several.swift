import Kilim

// The same options for several models, as in divar compare. Each fills in what a model does not say; a model that says it keeps it.

extension PhotoMeaningOptions {
  /// The options for one of several models: those about parts that it does not say itself, and `--exact`, which is about reading.
  func filling(_ model: Model) -> PhotoMeaningOptions { keeping { !Self.says($0, model) } }

  /// Checks the options that none of the models has a use for: each says that part itself.
  ///
  /// - Parameter models: the models with their paths.
  /// - Throws: ``ModelMeaningError`` for a model that says something else than the options.
  func checkUnused(by models: [(path: String, model: Model)]) throws {
    let unused = keeping { part in part != .reading && models.allSatisfy { Self.says(part, $0.model) } }
    for (path, model) in models {
      let own = model.metadata
      defer { model.metadata = own }
      let before = Meaning(model)
      try unused.complete(model, from: path)
      // Where the preprocessing is missing, class names bring the default one. Another option may say it.
      if before.preprocessing == nil { model.preprocessing = nil }
      guard Meaning(model) != before else { continue }
      throw ModelMeaningError(
        path: path,
        problem: "\(unused.given.joined(separator: ", ")) says something else than the model itself, and no model "
          + "needs it; leave it out, or make another model with divar import")
    }
  }

  /// What an option is about.
  private enum Part { case classes, preprocessing, outputs, reading }

  private static func says(_ part: Part, _ model: Model) -> Bool {
    switch part {
    case .classes: !model.classes.isEmpty || model.targetMeaning != nil
    case .preprocessing: model.preprocessing != nil
    case .outputs: model.outputMeaning != nil || model.endsInProbabilities
    case .reading: false
    }
  }

  private func keeping(_ isKept: (Part) -> Bool) -> PhotoMeaningOptions {
    var options = self
    // The models may have inputs of different sizes. The option has chosen those that a file leaves open.
    options.imageSize = nil
    if !isKept(.classes) { (options.classes, options.severalClasses) = (nil, false) }
    if !isKept(.preprocessing) {
      (options.scale, options.mean, options.deviation, options.colours) = (nil, nil, nil, nil)
      (options.resize, options.framing) = (nil, nil)
    }
    if !isKept(.outputs) { options.outputs = nil }
    if !isKept(.reading) { options.exact = false }
    return options
  }

  /// The options that are given.
  private var given: [String] {
    let options: [(Bool, String)] = [
      (classes != nil, "--classes"), (severalClasses, "--several-classes"), (scale != nil, "--scale"),
      (mean != nil, "--mean"), (deviation != nil, "--deviation"), (colours != nil, "--colours"),
      (resize != nil, "--resize"), (framing != nil, "--framing"), (outputs != nil, "--outputs"),
    ]
    return options.filter(\.0).map(\.1)
  }

  /// What a model says about its photos and its answers.
  private struct Meaning: Equatable {
    let classes: [ExactText]
    let targets: TargetMeaning?
    let preprocessing: Preprocessing?
    let isLogits: Bool

    init(_ model: Model) {
      classes = model.classes.map(ExactText.init)
      (targets, preprocessing) = (model.targetMeaning, model.preprocessing)
      isLogits = model.outputMeaning?.isLogits ?? false
    }
  }
}
