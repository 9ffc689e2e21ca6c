import Autograd
import Data
import NN
import Tensor

extension Layer {
  /// What a training on a data set minimizes and measures.
  ///
  /// Throws unless the data set has examples, the model takes them, and losses and metrics can compare its outputs with the
  /// targets. Runs the model on the first example.
  func objective(_ goals: Goals, _ dataset: any Dataset) throws -> Objective {
    let names = namesOfOutputs
    let wiring = try wiring(for: dataset, goals)
    let given = try goals.losses.values(of: names, "losses")
    let losses = given.compactMap(\.self)
    guard losses.count == names.count else {
      throw FitError.otherParts(
        "losses", found: zip(names, given).filter { $0.1 != nil }.map(\.0), expected: names)
    }
    try checkOutputs(against: losses)
    let meanings = wiring.targets.map { dataset.targetMeanings[$0] }
    for (loss, meaning) in zip(losses, meanings) { try loss.check(targets: meaning) }
    let weights = try goals.lossWeights?.values(of: names, "loss weights") ?? names.map { _ in nil }
    if let wrong = weights.compactMap(\.self).first(where: { !$0.isFinite }) {
      throw FitError.lossWeight(wrong)
    }
    let example = try dataset.checkedBatch([0])
    let inputs = try wiring.inputs(of: example)
    try (self as? Model)?.checkLookUps(inputs)
    let predicted = outputs(of: inputs.map { Variable($0) }, Context(.inference))
    let activations = endingActivations
    let parts = try names.indices.map { index in
      let (loss, output, meaning) = (losses[index], predicted[index], meanings[index])
      if output.isProbabilities, let expected = loss.outputMeaning, expected.isLogits {
        throw FitError.probabilitiesForLogits(expected)
      }
      try loss.check(activation: activations[index], outputs: output.shape, of: names[index])
      let classes = names.count == 1 ? dataset.classes : meaning?.classes ?? []
      try loss.check(classes: classes, outputs: output.shape, of: names[index])
      return Objective.Output(
        name: names[index], loss: loss, weight: weights[index] ?? 1, meaning: meaning, classes: classes,
        shape: output.shape)
    }
    let objective = Objective(outputs: parts, wiring: wiring, measured: try measured(goals, parts))
    try objective.check(example)
    return objective
  }

  private func measured(_ goals: Goals, _ outputs: [Objective.Output]) throws -> [Objective.Measured] {
    let names = outputs.map(\.name)
    let isAlone = names.count == 1
    let metrics =
      try goals.metrics?.values(of: names, "metrics").map { $0 ?? [] }
      ?? outputs.map { $0.loss.defaultMetrics(outputs: $0.shape) }
    let weighted =
      try goals.weightedMetrics?.values(of: names, "weighted metrics").map { $0 ?? [] } ?? names.map { _ in [] }
    var measured: [Objective.Measured] = []
    var taken: Set<String> = ["loss"]
    func add(_ metric: any Metric, _ name: String, _ output: Int, isWeighted: Bool) throws {
      let full = isAlone || metric is OutputLoss ? name : "\(names[output])_\(name)"
      guard taken.insert(full).inserted else { throw FitError.metricName(full) }
      var metric = metric.renamed(full)
      metric.prepare(for: outputs[output].loss.outputMeaning)
      measured.append(Objective.Measured(metric: metric, output: output, ownName: name, isWeighted: isWeighted))
    }
    for (output, name) in names.enumerated() where !isAlone {
      let loss = OutputLoss(output: name)
      try add(loss, loss.name, output, isWeighted: false)
    }
    for (output, metrics) in metrics.enumerated() {
      for metric in metrics { try add(metric, metric.name, output, isWeighted: false) }
    }
    for (output, metrics) in weighted.enumerated() {
      let plain = Set(measured.filter { $0.output == output }.map(\.ownName))
      for metric in metrics {
        // As Keras names a metric that is measured both ways.
        let name = plain.contains(metric.name) ? "weighted_\(metric.name)" : metric.name
        try add(metric, name, output, isWeighted: true)
      }
    }
    for name in taken where taken.contains("val_\(name)") { throw FitError.metricName("val_\(name)") }
    return measured
  }
}

extension Loss {
  /// Throws unless there is a name for each class of the outputs `[N, C, …]`, or two for one answer of yes or no. Data without
  /// classes has no names. Outputs that are no classes may be any.
  fileprivate func check(classes: [String], outputs: Shape, of name: String) throws(FitError) {
    let count = outputs.classCount
    switch outputMeaning {
    case .values, nil: return
    case .probabilities, .logits, .binaryProbabilities, .binaryLogits:
      guard classes.isEmpty || classes.count == count || (count == 1 && classes.count == 2) else {
        throw .classNames(output: name, names: classes.count, outputs: count)
      }
    }
  }

  /// Throws where the loss expects probabilities, and the outputs are known to be none.
  ///
  /// - Parameter activation: what the outputs end in; `nil` if it is not known.
  fileprivate func check(activation: Activation?, outputs: Shape, of name: String) throws(FitError) {
    guard let activation, let meaning = outputMeaning, meaning != .values, !meaning.isLogits else { return }
    guard activation.staysWithinProbabilities else { throw .valuesForProbabilities(meaning, output: name, activation) }
    if activation == .softmax, meaning == .binaryProbabilities, outputs.classCount == 1 {
      throw .softmaxOfOne(output: name)
    }
  }

  /// The metrics that fit the loss for outputs of a shape `[N, …]`.
  fileprivate func defaultMetrics(outputs: Shape) -> [any Metric] {
    switch outputMeaning {
    case .binaryProbabilities, .binaryLogits:
      outputs.dropFirst().reduce(1, *) > 1 ? [BinaryAccuracy()] : defaultMetrics
    case .probabilities, .logits, .values, nil: defaultMetrics
    }
  }
}
