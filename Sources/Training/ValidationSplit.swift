import Data
import NN
import Tensor

/// Splits a share off the training data to validate with.
///
/// Each class gives its share, as far as possible, and the photos of each part are chosen by the seed. Copies of a photo,
/// by their place in a balanced data set or by the bytes of their files, stay on one side. The number of training
/// examples is ⌊n (1 - share)⌋, as with Keras's `validation_split`.
///
/// - Throws: ``FitError`` when a part would be empty.
func validationSplit(
  of dataset: any Dataset, share: Double, seed: UInt64
) throws -> (train: any Dataset, validation: any Dataset) {
  let count = dataset.count
  let kept = (0..<1).contains(share) ? Int(Double(count) * (1 - share)) : 0
  guard kept >= 1, kept < count else { throw FitError.validationShare(share, count: count) }
  let labels = dataset.classLabels ?? [Int](repeating: 0, count: count)
  let groups = (dataset as? ImageDataset)?.copyGroups
  let parts = stratifiedSplit(labels: labels, groups: groups, heldOut: count - kept, seed: seed)
  guard let photos = dataset as? ImageDataset else {
    return (
      DatasetSelection(whole: dataset, indices: parts.kept), DatasetSelection(whole: dataset, indices: parts.heldOut)
    )
  }
  return (photos.selecting(parts.kept), photos.selecting(parts.heldOut))
}

extension Dataset {
  /// The class of each example, where it is known without making all inputs.
  var classLabels: [Int]? {
    switch self {
    case let photos as ImageDataset: return photos.labels
    case let selection as DatasetSelection:
      return selection.whole.classLabels.map { all in selection.indices.map { all[$0] } }
    case let tensors as TensorDataset:
      let shape = tensors.targets.shape
      if shape.rank == 2, shape[1] > 1 {
        return try? ClassReading.expected(tensors.targets, outputs: shape).compactMap(\.self)
      }
      guard shape.dropFirst().reduce(1, *) == 1 else { return nil }
      let labels = tensors.targets.scalars.compactMap { Int(exactly: $0) }
      return labels.count == count && labels.allSatisfy { $0 >= 0 } ? labels : nil
    default: return nil
    }
  }
}

extension ImageDataset {
  /// For each photo the number of the first one with the same content.
  fileprivate var copyGroups: [Int] {
    // Files may be gone when the photos are in memory; then only copies by their place are known.
    let copies = (try? duplicates()) ?? []
    var first = groups
    for group in copies {
      for example in group { first[example] = groups[group[0]] }
    }
    return first
  }
}

/// A warning for each part of the data in which a class is missing that the other part has.
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
