import Serialization
import Tensor

/// Data that cannot be trained on: where, what was found and what was expected.
public enum DatasetError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A folder that is missing, is not a folder, or cannot be read.
  case unreadableFolder(path: String, found: String)
  /// A folder of photos with fewer than two class folders in it.
  case tooFewClasses(path: String, classes: [String])
  /// A folder with a single sub-folder, whose sub-folders look like the classes.
  case oneFolderAbove(path: String, folder: String, classes: [String])
  /// A folder in the data with results of a training.
  case trainingResults(path: String, file: String)
  /// More memory is needed than the system has.
  case notEnoughMemory(for: String, byteCount: Int, available: Int)
  /// Targets of one column of 0 and 1 for a number of classes other than 2.
  case notTwoClasses(path: String, classes: [String])
  /// A class folder without a photo that can be read.
  case emptyClass(path: String, skipped: Int)
  /// Class folders that are none of the classes that were given.
  case unknownClasses(path: String, found: [String], known: [String])
  /// A source without a photo that can be used.
  case noPhotos(count: Int)
  /// A class of a source none of whose photos can be read.
  case unreadableClass(String)
  /// Targets of the photos of a folder that cannot be used.
  case unusableTargets(path: String, found: String, expected: String)
  /// A folder whose sub-folders are not the parts of a data set.
  case notParts(path: String, folders: [String])
  /// A part of a data set with other classes than the training part.
  case otherClassesInPart(path: String, classes: [String], expected: [String])
  /// Two sources with different classes.
  case otherClasses(first: [String], second: [String])
  /// No inputs, or no targets.
  case missingParts(inputs: Int, targets: Int)
  /// Tensors of inputs and targets with different numbers of examples.
  case countsDiffer(inputs: Int, targets: Int)
  /// Arrays of other shapes than pictures and their classes have.
  case notArrays(found: Shape, expected: String)
  /// A folder whose name has nothing before, between or after its separators.
  case emptyPartOfName(path: String, Character)
  /// Parts of examples, such as the inputs by their names, with different numbers of examples.
  case partsDiffer([String: Int])
  /// Several inputs of which none, or more than one, has targets.
  case targetsOfParts([String])
  /// A data set with several inputs, which is to be one input of a model.
  case severalInputs(String, count: Int)
  /// Forms of targets by names that no target has.
  case modesOfNoTargets([String], targets: [String])
  /// Two inputs or two targets with the same name.
  case repeatedPart(String)
  /// Another number of weights than of examples.
  case sampleWeightCount(found: Int, expected: Int)
  /// The weight of an example, counted from 0, that is negative or not finite.
  case sampleWeight(example: Int, Float)
  /// Two parts of the same examples, both with weights.
  case weightsTwice([String])
  /// Inputs that an augmentation cannot change.
  case notPhotos(found: String, expected: String)
  /// A batch that a data set made with other shapes or numbers of examples than it says.
  case otherBatch(String, expected: String)
  /// A batch of no examples.
  case batchSize(Int)
  /// A cache of photos that changed right after it was written.
  case unusableCache(path: String)
  /// A loader without a thread to work on.
  case workers(Int)

  /// What was found and what was expected.
  public var description: String {
    switch self {
    case .unreadableFolder(let path, let found):
      "\(path): found \(found), expected a folder with one sub-folder of photos for each class"
    case .tooFewClasses(let path, let classes):
      "\(path): found \(classes.isEmpty ? "no sub-folders" : "one sub-folder, \(classes[0])"), "
        + "expected one for each class, at least 2"
    case .oneFolderAbove(let path, let folder, let classes):
      "\(path): found one sub-folder, which holds the sub-folders \(shortList(classes)); expected one sub-folder for "
        + "each class: read \(folder)"
    case .trainingResults(let path, let file):
      "\(path): found the results of a training (\(file)), expected only photos; move the results out of the data"
    case .notEnoughMemory(let purpose, let byteCount, let available):
      "memory: \(purpose) takes \(byteText(byteCount)), found \(byteText(available)) available; use smaller images, "
        + "smaller batches, or `.streamed` storage"
    case .notTwoClasses(let path, let classes):
      "\(path): found \(counted(classes.count, "class", plural: "classes")) (\(shortList(classes))), expected exactly "
        + "2 for binary targets; use one-hot targets or class indices for more"
    case .emptyClass(let path, let skipped):
      "\(path): found \(skipped == 0 ? "no files" : "\(counted(skipped, "unreadable file")) and no others"), "
        + "expected at least one image that can be read; remove the folder if it is no class"
    case .unknownClasses(let path, let found, let known):
      "\(path): found \(found.count == 1 ? "the class" : "the classes") \(ComparedNames(found, known).first), expected only "
        + ComparedNames(found, known).second
        + (areNamedAsParts(found) ? "; for one part of a split data set, read \(join(path, found.last ?? ""))" : "")
    case .noPhotos(let count):
      "source: found \(count == 0 ? "no examples" : "\(counted(count, "unreadable photo")) and no others"), expected at least "
        + "one photo"
    case .unreadableClass(let name):
      "class \"\(name.withoutControls)\": found only photos that cannot be read, expected at least one that can; correct them, or "
        + "remove the class"
    case .unusableTargets(let path, let found, let expected): "\(path): found \(found), expected \(expected)"
    case .notParts(let path, let folders):
      "\(path): found \(folders.isEmpty ? "no sub-folders" : "the sub-folders \(shortList(folders))"), expected train, and "
        + "val or test, and no others"
    case .otherClassesInPart(let path, let classes, let expected):
      "\(path): found the classes \(ComparedNames(classes, expected).first), expected those of the training photos, "
        + ComparedNames(classes, expected).second
    case .otherClasses(let first, let second):
      "source: found the classes \(ComparedNames(second, first).first), expected those of the other source, "
        + ComparedNames(second, first).second
    case .missingParts(let inputs, let targets):
      "dataset: found the data of \(counted(inputs, "input")) and of \(counted(targets, "output")), expected at least one of each"
    case .countsDiffer(let inputs, let targets):
      "dataset: found \(counted(inputs, "input")) and \(counted(targets, "target")), expected as many inputs as targets"
    case .notArrays(let found, let expected): "dataset: found an array of shape \(found), expected \(expected)"
    case .emptyPartOfName(let path, let separator):
      "\(path): found an empty class name beside \"\(separator)\", expected names with \"\(separator)\" between them only"
    case .partsDiffer(let counts):
      "dataset: found " + counts.sorted { $0.key < $1.key }.map { "\($0.value) of \($0.key)" }.joined(separator: ", ")
        + ", expected as many examples of each"
    case .targetsOfParts(let names):
      "dataset: found targets of \(names.isEmpty ? "none of the inputs" : shortList(names)), expected those of one input, or "
        + "targets by the names of the outputs (targets:)"
    case .severalInputs(let name, let count):
      "dataset: found \(counted(count, "input")) in the part \(name.withoutControls), expected one: give each input as a part of "
        + "its own"
    case .modesOfNoTargets(let names, let targets):
      "dataset: found forms (labelModes:) of \(shortList(names.map(\.withoutControls))), expected names of targets (targets:), "
        + (targets.isEmpty ? "and there are none" : shortList(targets.map(\.withoutControls)))
    case .repeatedPart(let name): "dataset: found \(name.withoutControls) twice, expected each name once"
    case .sampleWeightCount(let found, let expected):
      "sample weights: found \(counted(found, "weight")), expected one for each of \(counted(expected, "example"))"
    case .sampleWeight(let example, let weight):
      "sample weights: found \(weight) for example \(example), expected a finite number of at least 0"
    case .weightsTwice(let names):
      "sample weights: found some in each of \(shortList(names)), expected them once (sampleWeights:)"
    case .notPhotos(let found, let expected):
      "augmentation: found \(found), expected photos \(expected)"
    case .otherBatch(let found, let expected):
      "a batch of the data set: found \(found), expected \(expected), as the data set says"
    case .batchSize(let size):
      "batch size: found \(size), expected at least 1"
    case .unusableCache(let path):
      "\(path): found another file than the cache of photos that was just written; expected no other writer"
    case .workers(let count):
      "loader: found \(count) threads, expected at least 1"
    }
  }
}

/// The first names of a list, and how many more there are.
package func shortList(_ names: [String], limit: Int = 5) -> String {
  let more = names.count - limit
  return names.prefix(limit).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
}
