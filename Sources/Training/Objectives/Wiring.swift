import Data
import NN
import Tensor

/// Which input of a data set each input of a model gets, and which target each output.
struct Wiring: Equatable {
  /// For each input of the model, the number of the input of the data set.
  let inputs: [Int]
  /// For each output of the model, the number of the target of the data set.
  let targets: [Int]

  /// The inputs of a batch in the order of the model's.
  func inputs(of batch: Batch) throws(FitError) -> [Tensor<Float>] { try batch.inputs(inOrder: inputs) }

  /// The targets of a batch in the order of the model's outputs.
  ///
  /// - Throws: ``FitError/batch(_:found:expected:)`` for another number of targets than the data set has, and of weights than
  ///   examples.
  func targets(of batch: Batch) throws(FitError) -> [Tensor<Float>] {
    if let weights = batch.weights, weights.shape != [batch.count] {
      throw .batch("weights", found: weights.count, expected: batch.count)
    }
    return try ordered(batch.allTargets, targets, "targets")
  }
}

extension Batch {
  /// The inputs in the order of a model's.
  ///
  /// - Throws: ``FitError/batch(_:found:expected:)`` for another number of inputs than the data set has.
  func inputs(inOrder order: [Int]) throws(FitError) -> [Tensor<Float>] { try ordered(allInputs, order, "inputs") }
}

private func ordered(_ tensors: [Tensor<Float>], _ order: [Int], _ what: String) throws(FitError) -> [Tensor<Float>] {
  guard tensors.count == order.count else { throw .batch(what, found: tensors.count, expected: order.count) }
  return order.elementsEqual(tensors.indices) ? tensors : order.map { tensors[$0] }
}

extension Layer {
  /// The names of the inputs.
  var namesOfInputs: [String] { (self as? Model)?.inputNames ?? ["input"] }

  /// The names of the outputs: those of the layers that make them, numbered from the second of a layer on.
  var namesOfOutputs: [String] {
    guard let names = (self as? Model)?.outputNames else {
      return (0..<outputCount).map { $0 == 0 ? "output" : "output_\($0)" }
    }
    var counts: [String: Int] = [:]
    return names.map { name in
      defer { counts[name, default: 0] += 1 }
      return counts[name].map { "\(name)_\($0)" } ?? name
    }
  }

  /// Which input of a data set each input of the model gets, and which target each output. Several of them are matched by their
  /// names, or by their order if the data set has no names.
  ///
  /// - Throws: ``FitError`` unless there are examples, as many inputs as the model has, with its names and shapes, and as many
  ///   targets as outputs.
  func wiring(for dataset: any Dataset, _ goals: Goals) throws(FitError) -> Wiring {
    guard dataset.count >= 1 else { throw .noExamples }
    let outputs = namesOfOutputs
    if goals.isForOneOutput, outputs.count > 1 { throw .severalOutputs(outputs) }
    return Wiring(
      inputs: try inputOrder(names: dataset.inputNames, shapes: dataset.inputShapes),
      targets: try match("targets", names: dataset.targetNames, count: dataset.targetMeanings.count, with: outputs))
  }

  /// Which of some inputs each input of the model gets.
  ///
  /// - Throws: ``FitError`` unless they are as many as the model's, with its names and shapes.
  func inputOrder(names: [String], shapes: [Shape]) throws(FitError) -> [Int] {
    let expected = namesOfInputs
    let order = try match("inputs", names: names, count: shapes.count, with: expected)
    for (place, shape) in ((self as? Model)?.inputShapes ?? []).enumerated() where shapes[order[place]] != shape {
      guard expected.count > 1 else { throw .inputShape(found: shapes[order[place]], expected: shape) }
      throw .shapeOfInput(expected[place], found: shapes[order[place]], expected: shape)
    }
    return order
  }

  private func match(
    _ what: String, names: [String], count: Int, with expected: [String]
  ) throws(FitError) -> [Int] {
    guard count == expected.count else {
      throw .otherParts(what, found: names.isEmpty ? ["\(count) without names"] : names, expected: expected)
    }
    // With one there is nothing to confuse, whatever the names say. Keras takes it too, for inputs with a warning.
    if names.isEmpty || count == 1 { return Array(0..<count) }
    let places = expected.compactMap { names.firstIndex(of: $0) }
    guard names.count == count, places.count == count, Set(places).count == count else {
      throw .otherParts(what, found: names, expected: expected)
    }
    return places
  }
}
