import Data
import NN
import Serialization

/// What a data set or a model says about the meaning of its numbers. Where two of them meet, they must agree; one that
/// says nothing agrees with all.
struct DataMeaning {
  /// Who says it, as in "the validation data".
  let owner: String
  /// The names of the classes in the order of the targets.
  let classes: [String]
  /// How photos become inputs.
  let preprocessing: Preprocessing?

  init(_ dataset: any Dataset, _ owner: String) {
    self.owner = owner
    classes = dataset.classes
    preprocessing = dataset.photoPreprocessing
  }

  init(_ model: any Layer) {
    owner = "the model"
    classes = (model as? Model)?.classes ?? []
    preprocessing = (model as? Model)?.preprocessing
  }

  /// Throws ``FitError`` that names both sides unless the classes, by code points and in their order, and the
  /// preprocessing are the same.
  func check(against other: DataMeaning) throws {
    if !classes.isEmpty, !other.classes.isEmpty, !classes.equalsExactly(other.classes) {
      throw FitError.otherClasses(
        DifferentClasses(first: owner, firstClasses: classes, second: other.owner, secondClasses: other.classes))
    }
    try checkPreprocessing(against: other)
  }

  /// Throws ``FitError`` unless photos become inputs in the same way.
  func checkPreprocessing(against other: DataMeaning) throws {
    if let preprocessing, let expected = other.preprocessing, preprocessing != expected {
      throw FitError.otherPreprocessing(
        DifferentPreprocessing(
          first: owner, firstPreprocessing: preprocessing, second: other.owner, secondPreprocessing: expected))
    }
  }
}

extension Dataset {
  /// How photos become the inputs of the data set; `nil` where the inputs are not made from photos.
  var photoPreprocessing: Preprocessing? {
    switch self {
    case let photos as ImageDataset: photos.preprocessing
    case let selection as DatasetSelection: selection.whole.photoPreprocessing
    default: nil
    }
  }
}
