import NN
import Tensor

/// Why answers cannot be judged.
public enum JudgingError: Error, Hashable, CustomStringConvertible {
  /// There are no examples.
  case noExamples
  /// Two lists that belong together have different lengths.
  case counts(String, Int, String, Int)
  /// A probability is NaN or infinite.
  case notFinite(example: Int, found: String)
  /// A probability is below 0 or above 1 by more than rounding.
  case outOfRange(example: Int, found: String)
  /// The class of an example is none of the classes.
  case label(Int, example: Int, classCount: Int)
  /// The outputs of the model are no probabilities of classes.
  case outputs(Shape, meaning: OutputMeaning?, classCount: Int)
  /// A number that was asked for makes no sense.
  case option(String, found: String, expected: String)

  /// What was found and what was expected.
  public var description: String {
    switch self {
    case .noExamples: "there are no examples; expected at least one"
    case .counts(let first, let firstCount, let second, let secondCount):
      "there are \(firstCount) \(first) and \(secondCount) \(second); expected as many of both"
    case .notFinite(let example, let found):
      "a probability of example \(example) is \(found); expected finite numbers"
    case .outOfRange(let example, let found):
      "a probability of example \(example) is \(found); expected numbers from 0 to 1. If the outputs of the model are logits, set "
        + "model.outputMeaning = .logits"
    case .label(let label, let example, let classCount):
      "example \(example) has the class \(label); expected one of the \(classCount) classes, from 0"
    case .outputs(let shape, let meaning, let classCount):
      "the outputs have the shape \(shape)\(meaning == .values ? " and are values" : ""); expected a row of scores for each "
        + "example, one for each of \(counted(classCount, "class", plural: "classes"))"
    case .option(let name, let found, let expected): "\(name) is \(found); expected \(expected)"
    }
  }
}
