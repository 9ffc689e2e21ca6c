import NN
import Serialization
import Tensor

/// A model put together from its description, filled with the variables of the file.
struct KerasAssembly {
  /// A ``Sequential`` for a chain of layers.
  let model: Model
  /// The ends of its graph as a description, in which the inputs have Keras's names.
  let ends: (inputs: [SymbolicValue], outputs: [SymbolicValue])
  /// All variables in Keras's order.
  let variables: [KerasVariable]

  /// Reads the variables of a layer, in Keras's order and layout, of which there must be so many in each folder.
  typealias Reader = (KerasDescription.Member, [KerasVariableFolder]) throws -> [Tensor<Float>]

  /// Makes the model.
  ///
  /// - Parameters:
  ///   - description: the layers.
  ///   - purpose: what the model is read for.
  ///   - custom: the classes of layers of the user's own.
  ///   - path: the file, named by errors.
  ///   - read: the variables.
  /// - Throws: ``ModelFileError`` naming the layer if a class or an option is unknown, or if the variables do not fit.
  init(
    _ description: KerasDescription, for purpose: KerasPurpose, custom: [any KerasCustomLayer.Type], path: String,
    variables read: Reader
  ) throws {
    func make(flattensInKerasOrder: Bool) throws -> KerasMaker.MadeModel {
      try withoutActuallyEscaping(read) { read in
        let maker = KerasMaker(
          purpose: purpose, flattensInKerasOrder: flattensInKerasOrder, custom: custom, path: path, read: read)
        let made = try maker.model(description.graph, description.inputs)
        try Self.check(made.outputs, path: path)
        return made
      }
    }
    let made: KerasMaker.MadeModel
    do {
      made = try make(flattensInKerasOrder: false)
    } catch let error as ModelFileError {
      // Features of a flattened image may go where no weights can be put into another order.
      guard case .unsupported = error.problem else { throw error }
      made = try make(flattensInKerasOrder: true)
    }
    try KerasMasks(isKeras2: description.graph.isKeras2, purpose: purpose, path: path).check(made.model)
    (model, ends, variables) = (made.model, made.ends, made.variables)
  }

  private static func check(_ outputs: [KerasInput], path: String) throws {
    func refuse(_ found: String, expected: String) throws {
      throw ModelFileError(
        path: path, place: "config.json", problem: .unsupported(found: found, expected: expected))
    }
    for output in outputs {
      if output.image != nil { try refuse("a flattened image as output", expected: "a Dense layer behind it") }
      if output.isPlane { try refuse("an image without channels as output", expected: "a Flatten layer") }
    }
  }
}
