import Autograd
import Tensor

/// A model with the models inside spelled out, one value of which can be seen and changed.
///
/// Models inside become calls of their layers under the names `outer/inner`; all layers are shared with the model.
struct SpelledOutModel {
  /// One call of a layer.
  struct Call {
    let path: String
    let layer: any Layer
    /// What it takes and makes, in the new description.
    let inputs, outputs: [SymbolicValue]
    /// The shape of its first output.
    let outputShape: Shape
  }

  let inputs: [SymbolicValue]
  private(set) var outputs: [SymbolicValue] = []
  private(set) var calls: [Call] = []
  /// What is done with the first output of a call before others get it.
  private let change: (_ call: Int, _ value: SymbolicValue) -> SymbolicValue

  /// Spells out a model; without calls while it is not built.
  init(_ model: Model, change: @escaping (_ call: Int, _ value: SymbolicValue) -> SymbolicValue = { $1 }) {
    self.change = change
    inputs = zip(model.inputNames, model.inputShapes).map { Input($1, name: $0) }
    // Nothing is known of the inputs of a model that is not built.
    if !model.shapes.isEmpty { outputs = spellOut(model, path: "", inputs, model.shapes, training: nil) }
  }

  private mutating func spellOut(
    _ model: Model, path: String, _ inputs: [SymbolicValue], _ shapes: [Shape], training: Bool?
  ) -> [SymbolicValue] {
    var values = inputs
    for call in model.graph.calls {
      let (name, layer) = model.children[call.layer]
      let arguments = call.inputs.map { values[$0] }
      let training = call.training ?? training
      if let part = (layer as? Model) ?? (layer as? Recomputed)?.body {
        let shapes = part.shapes(for: call.inputs.map { shapes[$0] })
        values += spellOut(part, path: "\(path)\(name)/", arguments, shapes, training: training)
        continue
      }
      var made = layer.outputs(of: arguments, name: path + name, training: training)
      calls.append(
        Call(
          path: path + name, layer: layer, inputs: arguments, outputs: made,
          outputShape: shapes[call.outputs.lowerBound]))
      made[0] = change(calls.count - 1, made[0])
      values += made
    }
    return model.graph.outputs.map { values[$0] }
  }
}

extension Model {
  /// The layers that compute something, with those of models inside, in the order of their last calls; none while the model is
  /// not built.
  public var innerLayers: [(path: String, layer: any Layer, outputShape: Shape)] {
    var seen: Set<String> = []
    return SpelledOutModel(self).calls.reversed().filter { seen.insert($0.path).inserted }.reversed().map {
      ($0.path, $0.layer, $0.outputShape)
    }
  }

  /// The model with what a layer makes as a first output, and as a last input a value that is added to it before the layers behind
  /// get it: with zeros, the output is that of the model, and its gradient by the zeros is that by the value.
  ///
  /// - Parameter path: a name of ``innerLayers``; several calls of the layer: the last one.
  /// - Throws: ``ModelError/noLayer(_:known:)``, or ``ModelError/notBuilt``.
  package func tapped(at path: String) throws -> Model {
    guard !shapes.isEmpty else { throw ModelError.notBuilt }
    let calls = SpelledOutModel(self).calls
    guard let place = calls.lastIndex(where: { $0.path == path }) else {
      throw ModelError.noLayer(path, known: calls.map(\.path))
    }
    let shift = Input(calls[place].outputShape)
    let whole = SpelledOutModel(self) { $0 == place ? Shift()([$1, shift]) : $1 }
    return try Model(inputs: whole.inputs + [shift], outputs: [whole.calls[place].outputs[0]] + whole.outputs)
  }
}

/// The sum of a value and another one, which has the mask of the value.
private final class Shift: MergingLayer, MaskedLayer, Sendable {
  func build(merging shapes: [Shape], using generator: inout RandomGenerator) -> Shape { shapes[0] }

  func callAsFunction(merging inputs: [Variable<Float>], _ context: Context) -> Variable<Float> {
    inputs[0] + inputs[1]
  }
}
