import Data
import NN
import Tensor

/// The features of examples with their targets: the data that a head is trained on. ``FeatureCache`` makes it.
///
/// With several views, the views of an example follow each other, and each of them is an example with the same target.
public struct FeatureDataset: Dataset {
  /// The features, `[N * views, …]`.
  public let features: Tensor<Float>
  /// The targets, `[N * views, …]`.
  public let targets: Tensor<Float>
  /// The names of the classes in the order of the targets.
  public let classes: [String]
  /// What the targets mean; `nil` if the examples do not say it.
  public let targetMeaning: TargetMeaning?
  /// The number of views of each example.
  public let views: Int
  /// What the features were made by.
  public let origin: FeatureOrigin

  /// The number of examples, each view counted.
  public var count: Int { features.shape[0] }
  /// The shape of the features of one example.
  public var inputShape: Shape { Shape(features.shape.dropFirst()) }
  /// The group of each example: a number that only the other views have. A group must stay in one part of a split.
  var groups: [Int] { (0..<count).map { $0 / views } }

  /// The features of the given numbers.
  public func batch(_ indices: [Int]) -> Batch {
    Batch(inputs: features.gathering(indices), targets: targets.gathering(indices))
  }
}
