import Data
import Serialization

/// Two different meanings of targets.
public struct DifferentTargets: Hashable, Sendable, CustomStringConvertible {
  /// The name of the first side, such as "the validation data".
  public let first: String
  /// What its targets mean.
  public let firstTargets: TargetMeaning
  /// The name of the second side.
  public let second: String
  /// What its targets mean.
  public let secondTargets: TargetMeaning

  /// Both meanings. Numbers that are standardized in different ways need the scaling of the training data.
  public var description: String {
    "the targets of \(first) are \(firstTargets.inWords), those of \(second) are \(secondTargets.inWords)"
      + (isOnlyScaling ? ". Standardize both by the scaling of the training data" : "")
      + (second == "the model" ? ". To use the model for other targets, set model.targetMeaning = nil first" : "")
  }

  private var isOnlyScaling: Bool {
    guard case .numbers(let names, _) = firstTargets, case .numbers(let others, _) = secondTargets else { return false }
    return names.equalsExactly(others)
  }
}
