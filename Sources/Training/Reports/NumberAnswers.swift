import Data
import NN
import Tensor

/// What a model predicts for one number, and what is true, for all examples.
public struct NumberAnswers: Hashable, Sendable {
  /// The name of the number.
  public let name: String
  /// What the model predicts for each example, in the units of the number.
  public let predicted: [Double]
  /// The true number of each example.
  public let expected: [Double]

  /// |predicted - expected| of each example.
  public var absoluteErrors: [Double] { zip(predicted, expected).map { abs($0 - $1) } }
}

extension Evaluation {
  /// What the model predicts for each number, in their own units. Where the data says no names, the numbers are called `value`, or
  /// `value 1`, `value 2`, ….
  ///
  /// - Throws: `TargetError` if outputs and targets are not numbers of the same shape `[N, numbers]`, or there are none.
  public func numberAnswers() throws -> [NumberAnswers] {
    let shape = predicted.shape
    guard shape == expected.shape, shape.rank == 2, shape[0] > 0, let names = numberNames, shape[1] == names.count
    else {
      throw TargetError(
        predicted: shape, expected: expected.shape, reason: "numbers [N, numbers] are needed for both")
    }
    let (answers, truths) = (try targetMeaning.inOwnUnits(predicted), try targetMeaning.inOwnUnits(expected))
    return names.enumerated().map { index, name in
      func column(_ values: Tensor<Float>) -> [Double] { values.select(index, axis: 1).scalars.map { Double($0) } }
      return NumberAnswers(name: name, predicted: column(answers), expected: column(truths))
    }
  }

  /// The name of each number; `nil` if the targets are no numbers.
  private var numberNames: [String]? {
    switch targetMeaning {
    case .numbers(let names, _): return names
    case nil where outputMeaning == .values && classes.isEmpty:
      let width = predicted.shape.last ?? 0
      return width == 1 ? ["value"] : (0..<width).map { "value \($0 + 1)" }
    case .oneClass, .severalClasses, .unknown, nil: return nil
    }
  }
}
