import Tensor

/// Some examples with their targets, ready for a training step.
public struct Batch: Sendable {
  /// The inputs, `[B, …]`; photos are `[B, 3, height, width]` with values from 0 to 1. The first of several inputs.
  public var inputs: Tensor<Float>
  /// The expected outputs: one-hot rows `[B, classes]`, class indices `[B]`, one column of 0 and 1 `[B, 1]`, or any
  /// other form that the loss accepts. Those of the first of several outputs.
  public var targets: Tensor<Float>
  /// The second input and those after it, each `[B, …]`; empty if there is one.
  public var furtherInputs: [Tensor<Float>] = []
  /// The targets of the second output and of those after it, each `[B, …]`; empty if there is one.
  public var furtherTargets: [Tensor<Float>] = []
  /// How much each example counts in the loss, `[B]`; `nil` for all the same.
  public var weights: Tensor<Float>?

  /// Makes a batch of inputs and targets with the same number of examples.
  public init(inputs: Tensor<Float>, targets: Tensor<Float>, weights: Tensor<Float>? = nil) {
    self.inputs = inputs
    self.targets = targets
    self.weights = weights
  }

  /// Makes a batch of one or more inputs and one or more targets, each with the same number of examples. Stops if there are
  /// none.
  public init(inputs: [Tensor<Float>], targets: [Tensor<Float>], weights: Tensor<Float>? = nil) {
    require(
      !inputs.isEmpty && !targets.isEmpty,
      "Batch: found \(inputs.count) inputs and \(targets.count) targets, at least one of each is needed")
    self.init(inputs: inputs[0], targets: targets[0], weights: weights)
    furtherInputs = Array(inputs.dropFirst())
    furtherTargets = Array(targets.dropFirst())
  }

  /// Some of its examples, in the given order.
  package func selecting(_ rows: [Int]) -> Batch {
    Batch(
      inputs: allInputs.map { $0.gathering(rows) }, targets: allTargets.map { $0.gathering(rows) },
      weights: weights.map { $0.gathering(rows) })
  }

  /// The number of examples.
  public var count: Int { inputs.shape.first ?? 0 }
  /// Each of the inputs.
  public var allInputs: [Tensor<Float>] { [inputs] + furtherInputs }
  /// The targets of each of the outputs.
  public var allTargets: [Tensor<Float>] { [targets] + furtherTargets }
}
