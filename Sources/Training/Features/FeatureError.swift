import Tensor

/// Why features of examples cannot be computed or used.
public enum FeatureError: Error, Hashable, CustomStringConvertible {
  /// The number of views is below 1.
  case views(Int)
  /// Several views without an augmentation would all be the same.
  case sameViews(Int)
  /// The backbone or the data have several inputs, or several outputs or targets.
  case severalValues(String, inputs: Int, outputs: Int)
  /// The file of the cache holds tensors that are no features of a cache.
  case notACache(path: String)
  /// A model cannot be joined with a head that takes other features.
  case otherBackbone(DifferentFeatures)
  /// The head takes an input of another shape than the backbone gives.
  case headShape(found: Shape?, expected: Shape?)

  /// Two data sets have different numbers of views of each example.
  case viewsDiffer(Int, Int)
  /// A cache lacks features that were computed earlier.
  case missing(Int, of: Int)
  /// The backbone makes NaN or infinite numbers of so many examples: its weights are no numbers, or far too large.
  case notFinite(Int, of: Int)
  /// A list of examples makes no sense.
  case damagedList(String)

  /// What was found and what was expected.
  public var description: String {
    switch self {
    case .views(let views): "views is \(views); at least 1 is needed"
    case .sameViews(let views): "\(views) views of each example without an augmentation are all the same"
    case .severalValues(let owner, let inputs, let outputs):
      "\(owner) has \(counted(inputs, "input")) and \(counted(outputs, "output")), and features are made of one input by a "
        + "backbone with one output: take those of the photos alone, and combine them with the other inputs in a CombinedDataset"
    case .notACache(let path):
      "\(path) holds other tensors than a cache of features, and is left as it is; name another file"
    case .otherBackbone(let difference): difference.description
    case .headShape(let found, let expected):
      "the head takes inputs of shape \(Self.text(found)), the backbone gives \(Self.text(expected))"
    case .viewsDiffer(let first, let second):
      "some examples have \(counted(first, "view")), others \(second)"
    case .missing(let missing, let all):
      "the features of \(missing) of \(counted(all, "example")) are not in the cache; expected all of them: the file was "
        + "replaced, or is not the one of this training"
    case .notFinite(let count, let all):
      "the features are not finite numbers for \(count) of \(counted(all, "example"))"
    case .damagedList(let reason): "the list of examples is damaged: \(reason)"
    }
  }

  private static func text(_ shape: Shape?) -> String { shape.map(\.description) ?? "that is not known yet" }
}
