import Tensor

/// Why a model cannot be trained or used with the given data or arguments.
public enum FitError: Error, Hashable, CustomStringConvertible {
  /// The number of epochs is below 1.
  case epochs(Int)
  /// The data set is empty.
  case noExamples
  /// The inputs have another shape than the model was made for.
  case inputShape(found: Shape, expected: Shape)
  /// No example would be left to train on, or none to measure with.
  case validationShare(Double, count: Int)
  /// Not every class has one weight.
  case classWeights(found: Int, expected: Int)

  /// What was found and what was expected.
  public var description: String {
    switch self {
    case .epochs(let epochs): "the number of epochs is \(epochs), at least 1 is needed"
    case .noExamples: "the data set has no examples"
    case .inputShape(let found, let expected): "the inputs have shape \(found), the model takes \(expected)"
    case .validationShare(let share, let count):
      "a share of \(share) of \(count) examples leaves none to train on or none to measure with"
    case .classWeights(let found, let expected): "\(found) class weights for \(expected) classes"
    }
  }
}
