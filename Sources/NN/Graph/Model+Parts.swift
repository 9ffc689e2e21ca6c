extension Model {
  /// What a layer makes, as an input or output of another model. Several calls of the layer: what the last one makes.
  ///
  /// ```swift
  /// let part = try Model(input: model.inputs[0], output: model.value(of: "block3"))
  /// ```
  ///
  /// - Throws: ``ModelError/noLayer(_:known:)``, or ``ModelError/notBuilt``.
  public func value(of layer: String) throws -> SymbolicValue {
    let symbols = symbols
    guard !symbols.isEmpty else { throw ModelError.notBuilt }
    guard let index = names.firstIndex(of: layer), let call = graph.calls.last(where: { $0.layer == index }) else {
      throw ModelError.noLayer(layer, known: names)
    }
    return symbols[call.outputs.lowerBound]
  }

  /// The inputs, for another model that begins as this one does; none while the model is not built.
  public var inputs: [SymbolicValue] { Array(symbols.prefix(graph.inputCount)) }

  /// The outputs, for another model that goes on from them; none while the model is not built.
  public var outputs: [SymbolicValue] {
    let symbols = symbols
    return symbols.isEmpty ? [] : graph.outputs.map { symbols[$0] }
  }

  /// The model from its inputs up to what a layer makes. It shares all values with this one, and takes the same photos: it
  /// has the preprocessing of this one.
  ///
  /// - Throws: ``ModelError/noLayer(_:known:)``, ``ModelError/notBuilt``, or that an input of this model does not lead to the
  ///   layer.
  public func upTo(_ layer: String) throws -> Model { try part(endingIn: value(of: layer)) }

  /// The model from its inputs to a value, with the metadata that is about the inputs.
  func part(endingIn output: SymbolicValue) throws -> Model {
    let part = try Model(inputs: inputs, outputs: [output])
    part.metadata = metadata.filter { Self.metadataOfInputs.contains($0.key) }
    return part
  }

  /// The metadata that say what the inputs mean; the other ones are about the outputs.
  private static let metadataOfInputs: Set<String> = ["preprocessing", "features"]

  /// The layer of this name.
  ///
  /// - Throws: ``ModelError/noLayer(_:known:)``.
  public func layer(_ name: String) throws -> any Layer {
    guard let child = children.first(where: { $0.name == name }) else { throw ModelError.noLayer(name, known: names) }
    return child.layer
  }
}
