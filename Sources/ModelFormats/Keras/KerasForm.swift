import NN
import Serialization
import Tensor

/// How a layer stands in a file of Keras: one that Keras has too, or one of a user's own.
struct KerasForm {
  private enum Kind {
    case known(any KerasLayer)
    case custom(any KerasCustomLayer)
  }

  private let kind: Kind

  /// - Returns: `nil` for a layer that Keras lacks.
  init?(_ layer: any Layer) {
    if let layer = layer as? any KerasLayer {
      kind = .known(layer)
    } else if let layer = layer as? any KerasCustomLayer {
      kind = .custom(layer)
    } else {
      return nil
    }
  }

  /// The layer where Keras has it too.
  var known: (any KerasLayer)? {
    if case .known(let layer) = kind { layer } else { nil }
  }

  /// The name of the class.
  var kerasClass: String {
    switch kind {
    case .known(let layer): layer.kerasClass
    case .custom(let layer): type(of: layer).kerasClassName
    }
  }

  /// The options beside the layer's name.
  func options(inputShapes: [Shape]) throws(ModelFileError.Problem) -> [String: JSON] {
    switch kind {
    case .known(let layer): try layer.kerasOptions(inputShapes: inputShapes)
    case .custom(let layer): try layer.kerasCustomOptions()
    }
  }

  /// The object that describes the layer.
  func json(_ options: [String: JSON]) -> JSON {
    switch kind {
    case .known(let layer): return JSON(kerasObject: layer.kerasClass, of: layer.kerasModule, options)
    case .custom(let layer):
      return [
        "module": nil, "class_name": .string(kerasClass), "config": JSON(members: options),
        "registered_name": .string(type(of: layer).kerasRegisteredName),
      ]
    }
  }

  /// The variables in Keras's order.
  func variables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] {
    switch kind {
    case .known(let layer): layer.kerasVariables(flattenedFrom: image)
    case .custom(let layer): layer.kerasWeights.map(\.variable)
    }
  }

  /// Where the variables stand, in their order.
  func folders(inputShapes: [Shape]) -> [KerasVariableFolder] {
    switch kind {
    case .known(let layer): layer.kerasVariableFolders(inputShapes: inputShapes)
    case .custom(let layer): [KerasVariableFolder(path: "", count: layer.kerasWeights.count)]
    }
  }

  /// The arguments of a call beside the inputs.
  var callArguments: [String: JSON] { known?.kerasCallArguments ?? [:] }

  /// Whether the inputs behind the first one are first states, which Keras takes by a name.
  var takesStates: Bool { known is any RecurrentLayer || known is Bidirectional || known is ConvLSTM2D }

  /// Whether Keras takes the inputs as arguments of their own, at least a query and a value, and not as a list.
  private var takesQueryAndValue: Bool { kerasClass == "MultiHeadAttention" }

  /// Whether a `Sequential` of Keras, which gives each layer one input and nothing else, cannot call the layer.
  var needsGraph: Bool { takesQueryAndValue || !callArguments.isEmpty || known is any KerasOperationLayer }

  /// The inputs of a call as Keras takes them.
  func callInputs(_ inputs: [JSON], inputShapes: [Shape]) -> [JSON] {
    if let operation = known as? any KerasOperationLayer {
      return operation.kerasOperands(inputs, inputShapes: inputShapes)
    }
    guard takesQueryAndValue else { return inputs.count == 1 ? inputs : [.array(inputs)] }
    return inputs.count == 1 ? inputs + inputs : inputs
  }

  /// The order of the features behind the layer.
  ///
  /// - Throws: the problem when the layer cannot take features in these orders.
  func flattenedImage(
    merging images: [FlattenedImage?], inputShapes: [Shape]
  ) throws(ModelFileError.Problem) -> FlattenedImage? {
    guard images.contains(where: { $0 != nil }) || known != nil else { return nil }
    guard let layer = known else {
      throw .unsupported(found: "\(kerasClass) behind a flattened image", expected: "a Dense layer between them")
    }
    if layer.dependsOnElementOrder, images.contains(where: { $0 != nil }) {
      throw .unsupported(found: "\(kerasClass) behind a flattened image", expected: "a Dense layer between them")
    }
    return try layer.flattenedImage(merging: images, inputShapes: inputShapes)
  }
}
