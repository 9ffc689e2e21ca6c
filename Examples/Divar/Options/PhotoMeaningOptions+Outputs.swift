import Kilim

// What the options say about the outputs of a model.

extension PhotoMeaningOptions {
  /// Gives the model the class names and the meaning of its outputs.
  ///
  /// - Throws: ``ModelMeaningError`` when the options contradict the model.
  func completeOutputs(of model: Model, from path: String) throws {
    if case .numbers(let names, _) = model.targetMeaning {
      guard let option = optionOfClasses else { return }
      throw ModelMeaningError(path: path, problem: "it predicts numbers (\(shortList(names))); leave out \(option)")
    }
    let names = try classes.map { try ClassNames($0).names } ?? model.classes
    if severalClasses {
      if outputs == nil, let meaning = model.outputMeaning, [.probabilities, .logits].contains(meaning) {
        throw ModelMeaningError(path: path, problem: "it tells one class of each photo; leave out --several-classes")
      }
      model.targetMeaning = .severalClasses(names: names)
    } else if case .severalClasses = model.targetMeaning {
      model.targetMeaning = .severalClasses(names: names)
    }
    if classes != nil || severalClasses {
      try names.check(against: model, from: path)
      try names.checkOrder(against: model, from: path)
      model.classes = names
    }
    guard let outputs else { return }
    if outputs == .logits, model.endsInProbabilities {
      throw ModelMeaningError(
        path: path,
        problem: "it ends in a softmax or a sigmoid, so its outputs are probabilities; leave out --outputs logits")
    }
    model.outputMeaning = outputs.meaning(for: model)
  }

  /// Checks that it is known whether the outputs of a model that tells classes are probabilities: by the model itself, by its
  /// last layer, or by `--outputs`. Logits that are taken for probabilities give wrong classes.
  ///
  /// - Throws: ``ModelMeaningError`` if it is not known.
  func checkOutputs(of model: Model, from path: String) throws(ModelMeaningError) {
    if case .numbers = model.targetMeaning { return }
    guard model.outputMeaning == nil, !model.endsInProbabilities else { return }
    throw ModelMeaningError(
      path: path, problem: "it ends without softmax or sigmoid; say --outputs logits or --outputs probabilities")
  }

  /// An option that only a model that tells classes has a use for.
  private var optionOfClasses: String? {
    classes != nil ? "--classes" : severalClasses ? "--several-classes" : outputs != nil ? "--outputs" : nil
  }
}

extension [String] {
  /// Checks that names that are given for a model are not its own in another order: the answers would have wrong names.
  fileprivate func checkOrder(against model: Model, from path: String) throws(ModelMeaningError) {
    let own = model.classes
    guard own.count == count, !own.equalsExactly(self), Set(own.map(ExactText.init)) == Set(map(ExactText.init)) else {
      return
    }
    throw ModelMeaningError(
      path: path,
      problem:
        "its classes are, in the order of the outputs, \(shortList(own)), and --classes has the same names in another "
        + "order; leave out --classes")
  }
}
