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
  /// How much each view counts in the loss; `nil` for all the same.
  public let sampleWeights: [Float]?
  /// The number of views of each example.
  public let views: Int
  /// What the features were made by.
  public let origin: FeatureOrigin

  /// What only copies of a view have in common, for each view.
  let keys: [UInt64]
  /// A checksum of the values of the backbone, whatever file it comes from.
  let backboneValues: UInt64?

  init(
    features: Tensor<Float>, targets: Tensor<Float>, classes: [String], targetMeaning: TargetMeaning? = nil,
    sampleWeights: [Float]? = nil, views: Int, origin: FeatureOrigin, keys: [UInt64],
    backboneValues: UInt64? = nil
  ) {
    (self.features, self.targets, self.classes, self.targetMeaning) = (features, targets, classes, targetMeaning)
    self.sampleWeights = sampleWeights
    (self.views, self.origin, self.keys, self.backboneValues) = (views, origin, keys, backboneValues)
  }

  /// The number of examples, each view counted.
  public var count: Int { features.shape[0] }
  /// The shape of the features of one example.
  public var inputShape: Shape { Shape(features.shape.dropFirst()) }
  /// The backbone and the preprocessing.
  public var inputMeanings: [InputMeaning?] { [.features(origin)] }
  /// The group of each example: the number of the first view of the first example with the same content. A group must stay in
  /// one part of a split.
  var groups: [Int] {
    let first = Dictionary(stride(from: 0, to: keys.count, by: views).map { (keys[$0], $0) }) { first, _ in first }
    return keys.indices.map { first[keys[$0 / views * views]] ?? $0 }
  }

  /// The features of the given numbers.
  public func batch(_ indices: [Int]) -> Batch {
    Batch(
      inputs: features.gathering(indices), targets: targets.gathering(indices),
      weights: sampleWeights.map { all in Tensor(indices.map { all[$0] }) })
  }
}
