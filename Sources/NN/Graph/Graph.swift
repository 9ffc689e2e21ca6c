import Tensor

/// The calls of layers that a model is made of, in an order in which they can run.
///
/// Values are numbered: first the inputs, then the outputs of each call.
package struct Graph: Sendable {
  /// One call of a layer.
  package struct Call: Sendable {
    /// The index of the layer in the list that the graph belongs to.
    package let layer: Int
    /// The values that the layer takes.
    package let inputs: [Int]
    /// The values that it makes.
    package let outputs: Range<Int>
    /// Whether the call trains whatever the context says, as Keras's call argument `training`; `nil` to follow the context.
    package var training: Bool?
  }

  /// The number of inputs, the values 0, 1, ….
  package let inputCount: Int
  /// The calls, each behind those whose values it takes.
  package private(set) var calls: [Call] = []
  /// The values that the model returns.
  package var outputs: [Int]
  /// The number of values.
  package private(set) var valueCount: Int

  /// Makes a graph without calls, which returns its inputs.
  package init(inputCount: Int) {
    self.inputCount = inputCount
    valueCount = inputCount
    outputs = Array(0..<inputCount)
  }

  /// Layers one after the other.
  package init(chainOf count: Int) {
    self.init(inputCount: 1)
    for layer in 0..<count { outputs = Array(append(layer, inputs: outputs)) }
  }

  /// Adds a call at the end, and returns the values that it makes.
  @discardableResult
  package mutating func append(
    _ layer: Int, inputs: [Int], outputCount: Int = 1, training: Bool? = nil
  ) -> Range<Int> {
    let outputs = valueCount..<valueCount + outputCount
    calls.append(Call(layer: layer, inputs: inputs, outputs: outputs, training: training))
    valueCount += outputCount
    return outputs
  }

  /// Whether each call takes what the one before makes, and nothing else, and each layer is called once: a list of the layers
  /// says everything then.
  package var isChain: Bool {
    inputCount == 1 && outputs.count == 1
      && calls.indices.allSatisfy { index in
        calls[index].layer == index && calls[index].inputs == [index] && calls[index].outputs.count == 1
      }
      && outputs[0] == calls.count
  }
}
