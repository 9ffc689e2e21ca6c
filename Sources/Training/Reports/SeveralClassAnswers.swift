import Data
import NN
import Tensor

/// What a model answers where an example may have several classes, and what is true.
public struct SeveralClassAnswers: Sendable {
  /// The names of the classes.
  public let classes: [String]
  /// The number of examples.
  public let count: Int
  /// Whether a class is predicted, and whether it is true: example by example, and of each class by class.
  let predicted, expected: [Bool]

  /// Reads the answers of an evaluation.
  ///
  /// - Parameter threshold: a class is predicted where its probability is above it.
  /// - Throws: `TargetError` if the outputs or targets are not one answer for each class.
  public init(_ evaluation: Evaluation, threshold: Float = 0.5) throws {
    let names = evaluation.classes
    let shape = evaluation.predicted.shape
    guard shape.rank == 2, shape[1] == names.count, shape == evaluation.expected.shape, !names.isEmpty else {
      throw TargetError(
        predicted: shape, expected: evaluation.expected.shape,
        reason: "an answer for each of \(counted(names.count, "class", plural: "classes")) is needed")
    }
    let meaning = evaluation.outputMeaning ?? .binaryProbabilities
    let probabilities = (meaning.probabilities(of: evaluation.predicted) ?? evaluation.predicted).scalars
    (classes, count) = (names, shape[0])
    (predicted, expected) = (probabilities.map { $0 > threshold }, evaluation.expected.scalars.map { $0 == 1 })
  }

  /// Whether the answer about a class, an index into `classes`, is right for each example.
  public func rights(ofClass index: Int) -> [Bool] { places(ofClass: index).map { predicted[$0] == expected[$0] } }

  /// Whether the answers about all classes are right for each example.
  public var exactRights: [Bool] {
    (0..<count).map { example in places(ofExample: example).allSatisfy { predicted[$0] == expected[$0] } }
  }

  /// How often a class, an index into `classes`, is predicted for examples without and with it: as scikit-learn's
  /// `multilabel_confusion_matrix`, [[true negatives, false positives], [false negatives, true positives]].
  public func confusion(ofClass index: Int) -> ConfusionCounts {
    let places = places(ofClass: index)
    return ConfusionCounts(
      expected: places.map { expected[$0] ? 1 : 0 }, predicted: places.map { predicted[$0] ? 1 : 0 },
      classes: ["without", "with"])
  }

  /// The places of the answers about a class.
  func places(ofClass index: Int) -> StrideTo<Int> { stride(from: index, to: predicted.count, by: classes.count) }

  /// The places of the answers for an example.
  func places(ofExample index: Int) -> Range<Int> { index * classes.count..<(index + 1) * classes.count }
}
