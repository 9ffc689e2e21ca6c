import Tensor

/// A number in the data that an `Embedding` has no row for.
public struct LookUpError: Error, Hashable, CustomStringConvertible {
  /// The layer, by its path in the model.
  public let layer: String
  /// The number of the example in its batch, from 0 on.
  public let example: Int
  /// What it holds.
  public let number: Float
  /// The number of rows of the layer.
  public let count: Int

  /// What was found and what is expected.
  public var description: String {
    "the layer \(layer) looks up numbers from 0 to \(count - 1), and example \(example) of a batch holds \(number)"
  }
}

extension Model {
  /// Throws unless the layers that look up the numbers of the inputs have a row for each of them. A call of the model stops in
  /// this case.
  ///
  /// - Parameter inputs: the inputs of a batch in the order of the model, `[N, …]`.
  /// - Throws: ``LookUpError`` for the first number without a row.
  public func checkLookUps(_ inputs: [Tensor<Float>]) throws {
    for (input, path, layer) in lookUps where inputs.indices.contains(input) {
      let numbers = inputs[input]
      guard let place = numbers.scalars.firstIndex(where: { !layer.hasRow($0) }) else { continue }
      let countOfExample = numbers.count / numbers.shape[0]
      throw LookUpError(
        layer: path, example: place / countOfExample, number: numbers.scalars[place], count: layer.count)
    }
  }

  /// The layers that look up an input of the model as it is, also in models and layers inside, and the number of that input.
  private var lookUps: [LookUp] {
    graph.calls.flatMap { call in
      let (name, layer) = children[call.layer]
      return lookUps(in: layer, named: name).filter { call.inputs[$0.input] < graph.inputCount }
        .map { (call.inputs[$0.input], $0.path, $0.layer) }
    }
  }

  /// The same for the inputs of a layer.
  private func lookUps(in layer: any Layer, named name: String) -> [LookUp] {
    let inner: [LookUp]
    switch layer {
    case let layer as Embedding: return [(0, name, layer)]
    case let layer as Model: inner = layer.lookUps
    case let layer as Recomputed: inner = lookUps(in: layer.body, named: "body")
    case let layer as TimeDistributed: inner = lookUps(in: layer.layer, named: "layer")
    default: return []
    }
    return inner.map { ($0.input, "\(name).\($0.path)", $0.layer) }
  }

  private typealias LookUp = (input: Int, path: String, layer: Embedding)
}
