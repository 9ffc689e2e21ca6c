extension Layer {
  /// The layer called in a description of a network: nothing is computed, and shapes are checked when a ``Model`` is made.
  ///
  /// A layer that is called several times has one set of parameters.
  ///
  /// - Parameters:
  ///   - x: the input.
  ///   - name: the name of the layer in the model; by default its type in small letters, numbered.
  ///   - training: whether this call trains whatever the context of a computation says, as Keras's call argument
  ///     `training`; `nil` to follow the context.
  public func callAsFunction(_ x: SymbolicValue, name: String? = nil, training: Bool? = nil) -> SymbolicValue {
    self([x], name: name, training: training)
  }

  /// The layer called with several inputs in a description of a network; the first output of several.
  public func callAsFunction(_ inputs: [SymbolicValue], name: String? = nil, training: Bool? = nil) -> SymbolicValue {
    outputs(of: inputs, name: name, training: training)[0]
  }

  /// All outputs of the layer called in a description of a network.
  public func outputs(
    of inputs: [SymbolicValue], name: String? = nil, training: Bool? = nil
  ) -> [SymbolicValue] {
    let call = SymbolicCall(self, inputs: inputs, name: name, training: training)
    return (0..<max(outputCount, 1)).map { SymbolicValue(.call(call), index: $0) }
  }
}
