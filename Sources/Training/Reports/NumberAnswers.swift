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
  /// What the model predicts for each number, in their own units.
  ///
  /// - Throws: `TargetError` if outputs and targets are not numbers of the same shape `[N, numbers]`, or there are none.
  public func numberAnswers() throws -> [NumberAnswers] {
    let shape = predicted.shape
    guard case .numbers(let names, _) = targetMeaning, shape == expected.shape,
      shape == [shape.first ?? 0, names.count], shape[0] > 0
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
}
