import Tensor

/// How masks travel through a built model, with the models inside spelled out; see ``MaskedLayer``.
package struct MaskFlow {
  /// A call of a layer that gets a mask with one of its inputs.
  package struct Call {
    /// The names of the models that the layer stands in, and its own.
    package let path: [String]
    package let layer: any Layer
    /// The shape of the mask of each input for one example, `nil` for none.
    package let masks: [Shape?]
    package let inputShapes, outputShapes: [Shape]
    /// The model that the layer stands in.
    package let model: Model

    /// Whether the masks change what the layer computes.
    package var usesMasks: Bool { (layer as? any MaskedLayer)?.usesMasks ?? false }
  }

  package private(set) var calls: [Call] = []
  /// The shape of the mask of each output.
  package private(set) var outputs: [Shape?] = []
  private let ends: (_ model: Model, _ layer: String) -> Bool

  /// Follows the masks.
  ///
  /// - Parameters:
  ///   - model: the model, built.
  ///   - inputShapes: the inputs, for a model that was built for several; those that it was built for last by default.
  ///   - ends: whether a layer of a model ends a mask whatever its type says.
  /// - Throws: ``LayerError`` for the first layer that gets a mask that it cannot follow.
  package init(
    _ model: Model, inputShapes: [Shape]? = nil,
    endingAt ends: @escaping (Model, String) -> Bool = { _, _ in false }
  ) throws {
    self.ends = ends
    let masks = [Shape?](repeating: nil, count: model.graph.inputCount)
    outputs = try follow(model, inputShapes ?? model.inputShapes, masks, path: [])
  }

  private mutating func follow(
    _ model: Model, _ inputShapes: [Shape], _ inputs: [Shape?], path: [String]
  ) throws -> [Shape?] {
    let shapes = model.shapes(for: inputShapes)
    guard !shapes.isEmpty else { return model.graph.outputs.map { _ in nil } }
    var masks = inputs
    for call in model.graph.calls {
      let (name, layer) = model.children[call.layer]
      let (taken, inputShapes) = (call.inputs.map { masks[$0] }, call.inputs.map { shapes[$0] })
      if let part = layer as? Model {
        masks += try follow(part, inputShapes, taken, path: path + [name])
        continue
      }
      if taken.contains(where: { $0 != nil }) {
        calls.append(
          Call(
            path: path + [name], layer: layer, masks: taken, inputShapes: inputShapes,
            outputShapes: Array(shapes[call.outputs]), model: model))
      }
      var made = [Shape?](repeating: nil, count: call.outputs.count)
      do {
        let rules = try (layer as? any MaskedLayer)?.outputMasks(masks: taken, inputShapes: inputShapes) ?? []
        for (index, rule) in rules.enumerated().prefix(made.count) where !ends(model, name) {
          switch rule {
          case .none: break
          case .input(let input): made[index] = taken[input]
          case .made(let shape): made[index] = shape
          }
        }
      } catch let error as LayerError {
        throw (path + [name]).reversed().reduce(error) { $0.inside($1) }
      }
      masks += made
    }
    return model.graph.outputs.map { masks[$0] }
  }
}
