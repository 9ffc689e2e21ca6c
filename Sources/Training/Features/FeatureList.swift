import Data
import Serialization
import Tensor

/// The examples of a ``FeatureDataset`` without their features: what finds these again in the file of a ``FeatureCache``, however
/// the photos are called now, and even if they are gone.
public struct FeatureList: Hashable, Codable, Sendable {
  /// The names of the classes in the order of the targets.
  public let classes: [String]
  /// The class of each example, each view counted.
  public let labels: [Int]
  /// The number of views of each example.
  public let views: Int
  /// What the features were made by.
  public let origin: FeatureOrigin
  /// What only copies of a view have in common, for each view.
  let keys: [UInt64]

  /// A weight for each class, so that the classes count equally in the loss: n / (K · n of the class), as scikit-learn's
  /// "balanced"; 1 for a class without examples.
  public var classWeights: [Float] {
    classes.indices.map { label in
      let own = labels.count { $0 == label }
      return own == 0 ? 1 : Float(labels.count) / Float(classes.count * own)
    }
  }
}

extension FeatureDataset {
  /// The examples without their features.
  ///
  /// - Throws: ``ConfidenceError/noClasses`` unless each example has one class.
  public func list() throws(ConfidenceError) -> FeatureList {
    FeatureList(classes: classes, labels: try checkedLabels(), views: views, origin: origin, keys: keys)
  }

  /// Examples of several data sets in one. Its classes are those of all, sorted by code points as the folders of photos are.
  ///
  /// - Throws: ``FeatureError/otherBackbone(_:)`` if features come from different backbones or preprocessings,
  ///   ``FeatureError/viewsDiffer(_:_:)`` if examples have different numbers of views, ``ConfidenceError`` unless each has one
  ///   class.
  public init(joining first: FeatureDataset, _ second: FeatureDataset) throws {
    guard first.origin == second.origin else {
      throw FeatureError.otherBackbone(
        DifferentFeatures(
          first: "the first examples", firstOrigin: first.origin, second: "the second ones", secondOrigin: second.origin
        ))
    }
    guard first.views == second.views else { throw FeatureError.viewsDiffer(first.views, second.views) }
    let names = Set((first.classes + second.classes).map(ExactText.init)).sorted()
    let labels = try [first, second].flatMap { part in
      let places = part.classes.map { name in names.firstIndex(of: ExactText(name)) ?? 0 }
      return try part.checkedLabels().map { label in
        guard places.indices.contains(label) else { throw ConfidenceError.noClasses }
        return places[label]
      }
    }
    let weights =
      first.sampleWeights == nil && second.sampleWeights == nil
      ? nil : [first, second].flatMap { $0.sampleWeights ?? [Float](repeating: 1, count: $0.count) }
    self.init(
      features: Tensor(concatenating: [first.features, second.features]),
      targets: Tensor(oneHot: Tensor(labels.map { Float($0) }), classCount: names.count),
      classes: names.map(\.text), targetMeaning: .oneClass(names: names.map(\.text)),
      sampleWeights: weights, views: first.views, origin: first.origin, keys: first.keys + second.keys,
      backboneValues: first.backboneValues)
  }
}

extension FeatureCache {
  /// The features of examples that were computed earlier. Nothing is computed.
  ///
  /// - Throws: ``FeatureError/otherBackbone(_:)`` if they were made by another backbone, or by this one with other weights;
  ///   ``FeatureError/missing(_:of:)`` if the cache lacks some of them; ``FeatureError/damagedList(_:)`` for a list that makes no
  ///   sense; the errors of the file.
  public func features(listed list: FeatureList) throws -> FeatureDataset {
    let own = FeatureOrigin(
      backbone: backbone.fingerprint, preprocessing: backbone.preprocessing ?? list.origin.preprocessing)
    guard list.origin == own else {
      throw FeatureError.otherBackbone(
        DifferentFeatures(first: "the list", firstOrigin: list.origin, second: "the backbone", secondOrigin: own))
    }
    guard list.views >= 1, !list.keys.isEmpty, list.keys.count == list.labels.count, list.keys.count % list.views == 0
    else {
      throw FeatureError.damagedList("\(list.keys.count) keys of \(list.views) views, and \(list.labels.count) labels")
    }
    if let wrong = list.labels.first(where: { !list.classes.indices.contains($0) }) {
      throw FeatureError.damagedList("a label is \(wrong), and there are \(list.classes.count) classes")
    }
    let features = try known(list.keys, own.backbone)
    return FeatureDataset(
      features: features,
      targets: Tensor(oneHot: Tensor(list.labels.map { Float($0) }), classCount: list.classes.count),
      classes: list.classes, targetMeaning: .oneClass(names: list.classes), views: list.views, origin: list.origin,
      keys: list.keys, backboneValues: backbone.checksumOfValues)
  }
}
