import Tensor

/// Why it cannot be learned how far the answers of a model can be trusted.
public enum ConfidenceError: Error, Hashable, CustomStringConvertible {
  /// The examples have no classes, or several.
  case noClasses
  /// The outputs are no scores of classes, one row for each example.
  case outputs(Shape, examples: Int)
  /// A feature or an output is NaN or infinite.
  case notFinite
  /// There are too few examples to hold out a part.
  case tooFewExamples(Int)
  /// A share of photos is not above 0 and below 1.
  case share(String, Double)
  /// A model takes other features than its rule for unknown photos was learned from.
  case otherFeatures(DifferentFeatures)
  /// A layer of the model makes other features than its rule for unknown photos was learned from.
  case otherBackbone(layer: String)
  /// The rule in a model file makes no sense, or does not fit the model.
  case damaged(String)

  /// What was found and what was expected.
  public var description: String {
    switch self {
    case .noClasses: "the examples do not have one class each, which is needed to learn which answers to trust"
    case .outputs(let shape, let examples):
      "the outputs have the shape \(shape) for \(counted(examples, "example")); expected a row of scores of classes for each"
    case .notFinite: "a feature or an output is not a finite number"
    case .tooFewExamples(let count):
      "\(counted(count, "example")) are too few to hold out a part; expected at least two in one class"
    case .share(let name, let value): "\(name) is \(value); expected a number above 0 and below 1"
    case .otherFeatures(let difference): difference.description
    case .otherBackbone(let layer):
      "the confidence of the model was learned on features of another backbone than the layers up to \(layer), or of this one "
        + "before its weights changed"
    case .damaged(let reason): "what the model stores about its confidence cannot be used: \(reason)"
    }
  }
}
