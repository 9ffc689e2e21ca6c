import Autograd
import Data
import NN
import Tensor

/// What a training minimizes, Σ weightₒ lossₒ over the outputs of the model, and the metrics that it measures.
struct Objective {
  /// An output of the model and its loss.
  struct Output {
    let name: String
    let loss: any Loss
    /// How much the loss counts in the sum.
    let weight: Float
    /// What the targets mean; `nil` if the data does not say it.
    let meaning: TargetMeaning?
    /// The names of the classes of the targets, if there are some.
    let classes: [String]
    /// The shape of the output for one example, `[1, …]`.
    let shape: Shape
  }

  /// A metric of an output.
  struct Measured {
    var metric: any Metric
    /// The number of the output.
    let output: Int
    /// The name without that of the output.
    let ownName: String
    /// Whether it weighs examples.
    let isWeighted: Bool

    /// Adds a batch, to a metric of a user's own perhaps: what stops in it begins with its name.
    mutating func update(_ predicted: Tensor<Float>, _ expected: Tensor<Float>, weights: Tensor<Float>?) {
      let name = metric.name
      StopPlace.named("the metric \(name)") {
        if isWeighted, let weights, var weighted = metric as? any WeightedMetric {
          weighted.update(predicted: predicted, expected: expected, weights: weights)
          metric = weighted
        } else {
          metric.update(predicted: predicted, expected: expected)
        }
      }
    }
  }

  let outputs: [Output]
  /// Which input and target of the data set is which.
  private(set) var wiring: Wiring
  var measured: [Measured]

  /// The loss of a batch.
  struct Value {
    /// The weighted sum over the outputs.
    let total: Variable<Float>
    /// The loss of each output.
    let parts: [Variable<Float>]
  }

  /// Σ weightₒ lossₒ for a batch.
  ///
  /// - Parameters:
  ///   - predicted: the outputs of the model.
  ///   - expected: the targets in the order of the outputs.
  ///   - weights: how much each example counts, `[B]`; `nil` for all the same.
  ///   - factors: what the loss of each output is multiplied by; empty for nothing.
  /// - Throws: `TargetError`.
  func loss(
    _ predicted: [Variable<Float>], _ expected: [Tensor<Float>], weights: Tensor<Float>?, factors: [Float] = []
  ) throws -> Value {
    var parts: [Variable<Float>] = []
    for (index, output) in outputs.enumerated() {
      let loss = try naming(index) { try output.loss.mean(predicted[index], expected[index], weights: weights) }
      parts.append(factors.isEmpty ? loss : loss * factors[index])
    }
    let terms = zip(parts, outputs).map { $1.weight == 1 ? $0 : $0 * $1.weight }
    return Value(total: terms.dropFirst().reduce(terms[0]) { $0 + $1 }, parts: parts)
  }

  /// Adds a batch to all metrics.
  ///
  /// - Throws: the error of a metric that cannot use the targets.
  mutating func measure(_ values: StepValues) throws {
    guard measuresRows || measured.contains(where: { $0.metric is OutputLoss }) else { return }
    let predictions = try zip(outputs, values.predicted).map { try $0.meaning.inOwnUnits($1) }
    let targets = try zip(outputs, values.expected).map { try $0.meaning.inOwnUnits($1) }
    for index in measured.indices {
      let output = measured[index].output
      if var loss = measured[index].metric as? OutputLoss {
        loss.add(values.parts[output], count: values.count)
        measured[index].metric = loss
        continue
      }
      let (predicted, expected) = (predictions[output], targets[output])
      try naming(output) { try measured[index].metric.check(predicted: predicted.shape, expected: expected) }
      measured[index].update(predicted, expected, weights: values.weights)
    }
  }

  /// The shapes of outputs and targets.
  ///
  /// - Parameter example: a batch of the data.
  func rows(of example: Batch) throws -> StepRows {
    StepRows(predicted: outputs.map(\.shape), expected: try wiring.targets(of: example).map(\.shape))
  }

  /// Whether a metric looks at outputs and targets; otherwise the losses are enough.
  var measuresRows: Bool { measured.contains { !($0.metric is OutputLoss) } }

  /// The same for another data set.
  func wired(_ wiring: Wiring) -> Objective {
    var result = self
    result.wiring = wiring
    return result
  }

  /// Begins to measure anew.
  mutating func reset() {
    for index in measured.indices { measured[index].metric.reset() }
  }

  /// Tells the metrics what the outputs mean.
  mutating func prepareMetrics() {
    for index in measured.indices {
      measured[index].metric.prepare(for: outputs[measured[index].output].loss.outputMeaning)
    }
  }

  /// All metrics, those of all outputs.
  var metrics: [any Metric] { measured.map(\.metric) }

  /// Throws unless losses and metrics can compare outputs with targets of this form.
  func check(_ batch: Batch) throws {
    let targets = try wiring.targets(of: batch)
    for (index, output) in outputs.enumerated() {
      try naming(index) { try output.loss.check(predicted: output.shape, expected: targets[index]) }
    }
    for item in measured where !(item.metric is OutputLoss) {
      try naming(item.output) {
        try item.metric.check(predicted: outputs[item.output].shape, expected: targets[item.output])
      }
    }
  }

  /// Throws `TargetError` for a target of a data set in memory that its loss cannot compare, or that is NaN or infinite. A loss
  /// of a program's own may take such numbers for missing ones.
  func checkTargets(of dataset: any Dataset) throws {
    guard let tensors = dataset as? TensorDataset else { return }
    let all = [tensors.targets] + tensors.furtherTargets
    for (index, output) in outputs.enumerated() where output.loss.outputMeaning != nil {
      let targets = all[wiring.targets[index]]
      try naming(index) {
        try output.loss.check(predicted: Shape([tensors.count] + output.shape.dropFirst()), expected: targets)
        guard !targets.isFinite, let place = targets.scalars.firstIndex(where: { !$0.isFinite }) else { return }
        throw TargetError(
          targets: targets.shape,
          reason: "example \(place / (targets.count / tensors.count)) has \(targets.scalars[place]), "
            + "finite numbers are needed")
      }
    }
  }

  /// The name of an output, if there are several.
  func name(ofOutput index: Int) -> String? { outputs.count > 1 ? outputs[index].name : nil }

  /// Adds the name of an output to an error about its targets.
  private func naming<Value>(_ output: Int, _ work: () throws -> Value) throws -> Value {
    do {
      return try work()
    } catch var error as TargetError {
      error.output = name(ofOutput: output)
      throw error
    }
  }
}
