/// Why no model can be made of a description.
public enum ModelError: Error, Hashable, CustomStringConvertible {
  /// The outputs depend on an input that was not given.
  case missingInput(String)
  /// An input is an inner value of a network that no model was made of yet, so its shape is not known.
  case inputWithoutShape
  /// The shape of the input is taken from a model that is not built.
  case noInputShape
  /// Values are taken from a model that is not built.
  case notBuilt
  /// A value is given as input twice.
  case repeatedInput
  /// There is no input or no output.
  case empty
  /// Two layers or inputs have one name.
  case repeatedName(String)
  /// A name that a layer cannot have.
  case name(String)
  /// The model has no layer with this name; the second is the names that it has.
  case noLayer(String, known: [String])
  /// The model has no classifier behind feature maps that could be left out.
  case noFeatureMaps(reason: String)

  /// What was found and what was expected.
  public var description: String {
    switch self {
    case .missingInput(let name): "the outputs depend on the input \(name), which is not among the inputs of the model"
    case .inputWithoutShape:
      "an input of the model is an inner value of a network whose shape is not known; make a model of the whole network first"
    case .noInputShape:
      "the shape of the input is not known: the model that it was taken from is not built; give the shape itself"
    case .notBuilt:
      "the model is not built, so that its values have no shapes; make it with its input, "
        + "as in Sequential(input: [3, 64, 64]) { … }"
    case .repeatedInput: "a value is given twice as an input of the model"
    case .empty: "a model needs at least one input and one output"
    case .repeatedName(let name): "two layers of the model are called \(name)"
    case .name(let name): "a layer cannot be called \"\(name)\": a name has at least one character and no dot"
    case .noLayer(let name, let known):
      "the model has no layer \(name); its layers are \(known.prefix(20).joined(separator: ", "))"
        + (known.count > 20 ? " and \(known.count - 20) more" : "")
    case .noFeatureMaps(let reason): "the model is not a classifier on feature maps: \(reason)"
    }
  }
}
