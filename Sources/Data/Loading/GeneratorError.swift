import Serialization
import Tensor

/// A generator that cannot be trained on. Steps are counted from 0.
public enum GeneratorError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Fewer than 1 step in an epoch.
  case steps(Int)
  /// A generator that ends before its first batch.
  case empty
  /// A batch without examples.
  case noExamples(step: Int)
  /// A generator that ends before the end of an epoch.
  case tooShort(found: Int, expected: Int)
  /// A generator without a number of steps that ends its epoch before the batches that a checkpoint has behind it.
  case endBeforeStart(found: Int, expected: Int)
  /// An operation that needs to know the number of steps in an epoch.
  case lengthNeeded(String)
  /// A batch whose inputs, targets or weights are of another number of examples than the first one.
  case batchSize(step: Int, found: Int, expected: Int)
  /// A batch with inputs of other shapes than the first one.
  case shapes(step: Int, found: [Shape], expected: [Shape])
  /// An example with an input of another shape than the one before it.
  case shape(found: Shape, expected: Shape)
  /// Other numbers of names or meanings than of inputs or targets.
  case descriptions(String, found: Int, expected: Int)
  /// Examples of classes without a list of all classes.
  case namesNeeded
  /// Targets of a batch that mean something else than those of the first one.
  case meaning(TargetMeaning, names: Bool)
  /// An operation that needs any example at any time.
  case onlyInOrder

  /// What was found and what was expected.
  public var description: String {
    switch self {
    case .steps(let count): "generator: found \(count) steps per epoch, expected at least 1"
    case .empty: "generator: found no batch, expected at least one"
    case .noExamples(let step): "generator, step \(step): found a batch without examples, expected at least one"
    case .tooShort(let found, let expected):
      "generator: found its end after \(counted(found, "batch", plural: "batches")) of an epoch, expected \(expected) "
        + "(stepsPerEpoch)"
    case .endBeforeStart(let found, let expected):
      "generator: found its end after \(counted(found, "batch", plural: "batches")) of an epoch, expected at least \(expected), "
        + "which the checkpoint has behind it"
    case .lengthNeeded(let operation):
      "generator: found no number of steps, expected one (stepsPerEpoch) for \(operation)"
    case .batchSize(let step, let found, let expected):
      "generator, step \(step): found \(counted(found, "example")), expected \(expected) as in the first batch"
    case .shapes(let step, let found, let expected):
      "generator, step \(step): found inputs of shapes \(found), expected \(expected) as in the first batch"
    case .shape(let found, let expected):
      "generator: found an input of shape \(found), expected \(expected) as before"
    case .descriptions(let what, let found, let expected):
      "generator: found names or meanings of \(counted(found, what)), expected those of \(expected)"
    case .namesNeeded:
      "generator: found classes without a list of all classes, expected their names (targetNames:)"
    case .meaning(let meaning, let names):
      "generator: found targets that are \(meaning.inWords), expected the meaning of the first batch"
        + (names ? "" : "; name all classes (targetNames:)")
    case .onlyInOrder:
      "generator: found an operation that chooses examples, such as a split or a cache of features; expected one that takes "
        + "them in their order"
    }
  }
}
