import Data
import NN
import Serialization

/// What a data set or a model says about the meaning of its numbers. If two of them are used together, they must agree.
/// One that says nothing agrees with all.
struct DataMeaning {
  /// The data set or model, such as "the validation data".
  let owner: String
  /// The names of the classes in the order of the targets.
  let classes: [String]
  /// What the targets mean.
  let targets: TargetMeaning?
  /// How photos are converted to inputs.
  let preprocessing: Preprocessing?
  /// Where features come from, if the inputs are features of a backbone.
  let features: FeatureOrigin?

  init(_ dataset: any Dataset, _ owner: String) {
    self.owner = owner
    classes = dataset.classes
    targets = dataset.targetMeaning
    preprocessing = dataset.photoPreprocessing
    features = dataset.featureOrigin
  }

  init(_ model: any Layer) {
    owner = "the model"
    classes = (model as? Model)?.classes ?? []
    targets = (model as? Model)?.meaningOfTargets
    preprocessing = (model as? Model)?.preprocessing
    features = (model as? Model)?.featureOrigin
  }

  /// Throws a ``FitError`` that names both sides, unless both have the same classes (by code points, in the same order)
  /// and the same preprocessing or origin of features, and their targets have the same meaning.
  func check(against other: DataMeaning) throws {
    if targets == .unknown { throw FitError.unknownTargets(owner) }
    if !classes.isEmpty, !other.classes.isEmpty, !classes.equalsExactly(other.classes) {
      throw FitError.otherClasses(
        DifferentClasses(first: owner, firstClasses: classes, second: other.owner, secondClasses: other.classes))
    }
    if let targets, let expected = other.targets, targets != expected {
      throw FitError.otherTargets(
        DifferentTargets(first: owner, firstTargets: targets, second: other.owner, secondTargets: expected))
    }
    try checkPreprocessing(against: other)
    if let features, let expected = other.features, features != expected {
      throw FitError.otherFeatures(
        DifferentFeatures(first: owner, firstOrigin: features, second: other.owner, secondOrigin: expected))
    }
  }

  /// Throws a ``FitError`` unless both have the same preprocessing.
  func checkPreprocessing(against other: DataMeaning) throws {
    if let preprocessing, let expected = other.preprocessing, preprocessing != expected {
      throw FitError.otherPreprocessing(
        DifferentPreprocessing(
          first: owner, firstPreprocessing: preprocessing, second: other.owner, secondPreprocessing: expected))
    }
  }
}

extension Dataset {
  /// How photos are converted to the inputs of the data set; `nil` if the inputs are not made from photos.
  var photoPreprocessing: Preprocessing? {
    switch self {
    case let photos as ImageDataset: photos.preprocessing
    case let selection as DatasetSelection: selection.whole.photoPreprocessing
    default: nil
    }
  }
}

extension Dataset {
  /// Where the inputs come from, if they are features of a backbone.
  var featureOrigin: FeatureOrigin? {
    switch self {
    case let features as FeatureDataset: features.origin
    case let selection as DatasetSelection: selection.whole.featureOrigin
    default: nil
    }
  }
}

extension Model {
  /// What the model was trained to predict; `nil` if it does not say it.
  fileprivate var meaningOfTargets: TargetMeaning? {
    if let targetMeaning { return targetMeaning }
    guard !classes.isEmpty, outputMeaning == .probabilities || outputMeaning == .logits else { return nil }
    return .oneClass(names: classes)
  }
}
