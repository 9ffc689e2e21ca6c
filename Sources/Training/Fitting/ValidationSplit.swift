import Data
import NN
import Tensor

/// Splits the training data into training and validation examples.
///
/// Each class has about the same share in both parts. The examples are chosen at random by the seed. Copies of a photo
/// stay in the same part, also where it is one of several inputs; copies are examples that a balanced data set repeats,
/// files with the same bytes, or views of one example. The number of training examples is ⌊n (1 - share)⌋, as with
/// Keras's `validation_split`.
///
/// - Throws: ``FitError`` when a part would be empty; `GeneratorError` for a generator, whose examples cannot be chosen.
func validationSplit(
  of dataset: any Dataset, share: Double, seed: UInt64
) throws -> (train: any Dataset, validation: any Dataset) {
  if dataset is GeneratedBatches { throw GeneratorError.onlyInOrder }
  let count = dataset.count
  let kept = (0..<1).contains(share) ? Int(Double(count) * (1 - share)) : 0
  guard kept >= 1, kept < count else { throw FitError.validationShare(share, count: count) }
  let labels = dataset.classLabels ?? [Int](repeating: 0, count: count)
  let parts = stratifiedSplit(labels: labels, groups: dataset.groupsOfCopies, heldOut: count - kept, seed: seed)
  if let combined = dataset as? CombinedDataset {
    return (combined.selecting(parts.kept), combined.selecting(parts.heldOut))
  }
  guard let photos = dataset as? ImageDataset else {
    return (
      DatasetSelection(whole: dataset, indices: parts.kept), DatasetSelection(whole: dataset, indices: parts.heldOut)
    )
  }
  return (photos.selecting(parts.kept), photos.selecting(parts.heldOut))
}

extension Dataset {
  /// The class of each example, if it is known without making all inputs.
  var classLabels: [Int]? {
    switch self {
    case let photos as ImageDataset: return photos.classLabels
    case let selection as DatasetSelection:
      return selection.whole.classLabels.map { all in selection.indices.map { all[$0] } }
    case let tensors as TensorDataset where tensors.furtherTargets.isEmpty: return Self.labels(of: tensors.targets)
    case let combined as CombinedDataset: return combined.labels { $0.classLabels }
    // The targets of one class are a column of ones, which would be the numbers of a second class.
    case let features as FeatureDataset where features.classes.count == 1:
      return [Int](repeating: 0, count: features.count)
    case let features as FeatureDataset: return Self.labels(of: features.targets)
    default: return nil
    }
  }

  private static func labels(of targets: Tensor<Float>) -> [Int]? {
    let shape = targets.shape
    if shape.rank == 2, shape[1] > 1 {
      return try? ClassReading.expected(targets, outputs: shape).compactMap(\.self)
    }
    guard shape.dropFirst().reduce(1, *) == 1 else { return nil }
    let labels = targets.scalars.compactMap { Int(exactly: $0) }
    return labels.count == targets.count && labels.allSatisfy { $0 >= 0 } ? labels : nil
  }
}

extension Dataset {
  /// For each example, a number that only its copies have; `nil` where nothing is known of copies.
  fileprivate var groupsOfCopies: [Int]? {
    switch self {
    // If the photos are in memory, their files may be gone. Then only repetitions of a balanced data set are known.
    case let photos as ImageDataset: (try? photos.copyGroups()) ?? photos.groups
    case let features as FeatureDataset: features.groups
    case let combined as CombinedDataset: combined.groups { $0.groupsOfCopies }
    case let selection as DatasetSelection:
      selection.whole.groupsOfCopies.map { all in selection.indices.map { all[$0] } }
    default: nil
    }
  }
}

/// A warning for each part of the data that lacks a class of the other part.
func missingClassWarnings(train: any Dataset, validation: any Dataset) -> [String] {
  guard let trained = train.classLabels.map(Set.init), let validated = validation.classLabels.map(Set.init) else {
    return []
  }
  let names = train.classes
  func list(_ labels: Set<Int>) -> String {
    let names = labels.sorted().map { names.indices.contains($0) ? names[$0] : "number \($0)" }
    return names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
  }
  let (untrained, unmeasured) = (validated.subtracting(trained), trained.subtracting(validated))
  return
    (untrained.isEmpty ? [] : ["no training example of the class \(list(untrained)), which the validation data has"])
    + (unmeasured.isEmpty ? [] : ["no validation example of the class \(list(unmeasured))"])
}
