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

  /// A mask that ends at a layer that is no ``MaskedLayer``, although one behind it would use it.
  package struct Ended: Hashable {
    /// The dotted path of the layer at which it ends.
    package let layer: String
    /// That of the first layer that would use it.
    package let user: String
  }

  /// What is known of a value.
  private struct Value {
    var mask: Shape?
    /// The masks that ended before it: where, and their shapes.
    var ended: [(layer: String, mask: Shape)] = []
  }

  package private(set) var calls: [Call] = []
  package private(set) var ended: [Ended] = []
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
    let inputs = [Value](repeating: Value(), count: model.graph.inputCount)
    outputs = try follow(model, inputShapes ?? model.inputShapes, inputs, path: []).map(\.mask)
  }

  private mutating func follow(
    _ model: Model, _ inputShapes: [Shape], _ inputs: [Value], path: [String]
  ) throws -> [Value] {
    let shapes = model.shapes(for: inputShapes)
    guard !shapes.isEmpty else { return model.graph.outputs.map { _ in Value() } }
    var values = inputs
    for call in model.graph.calls {
      let (name, layer) = model.children[call.layer]
      let (given, inputShapes) = (call.inputs.map { values[$0] }, call.inputs.map { shapes[$0] })
      if let part = layer as? Model {
        values += try follow(part, inputShapes, given, path: path + [name])
        continue
      }
      let taken = given.map(\.mask)
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
      let ended = endedMasks(behind: layer, given, (path + [name]).joined(separator: "."))
      values += zip(made, shapes[call.outputs]).map { mask, shape in
        // Without an axis for the places there is nothing left that a mask could leave out.
        Value(mask: mask, ended: ended.filter { shape.rank > $0.mask.rank })
      }
    }
    return model.graph.outputs.map { values[$0] }
  }

  /// The masks that have ended behind a layer. Notes those that it would have used.
  private mutating func endedMasks(
    behind layer: any Layer, _ given: [Value], _ path: String
  ) -> [(layer: String, mask: Shape)] {
    let before = given.flatMap(\.ended)
    guard let masked = layer as? any MaskedLayer else {
      return before + given.compactMap(\.mask).prefix(1).map { (layer: path, mask: $0) }
    }
    guard masked.usesMasks else { return before }
    for (place, _) in before where !ended.contains(where: { $0.layer == place }) {
      ended.append(Ended(layer: place, user: path))
    }
    return []
  }
}
