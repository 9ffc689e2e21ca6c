import Autograd
import Tensor

/// The score that an explanation is about, computed of the outputs of a model; see ``ExplainedOutput``.
struct ExplainedScore {
  let model: Model
  private let output: ExplainedOutput

  /// - Throws: ``ExplanationError`` unless the model has one input and one output, and the output has this number.
  init(_ output: ExplainedOutput, of model: Model) throws(ExplanationError) {
    guard model.inputNames.count == 1, model.outputCount == 1, let shape = model.outputShape else {
      throw .values(inputs: model.inputNames.count, outputs: model.outputCount)
    }
    let (index, count) =
      switch output {
      case .class(let index): (index, max(shape.elementCount, 2))
      case .number(let index): (index, shape.elementCount)
      }
    guard (0..<count).contains(index) else { throw .output(index, count: count) }
    (self.model, self.output) = (model, output)
  }

  /// Throws unless these are examples that the model takes.
  func check(_ x: Tensor<Float>, count: Int? = 1) throws(ExplanationError) {
    guard let expected = model.inputShape, x.rank == expected.rank + 1, Shape(x.shape.dropFirst()) == expected,
      count == nil || x.shape[0] == count
    else { throw .input(found: x.shape, expected: model.inputShape) }
  }

  /// The score of each example, `[N]`.
  func scores(_ output: Variable<Float>) -> Variable<Float> {
    let values =
      switch self.output {
      case .class: output.beforeProbabilities
      case .number: output
      }
    let rows = values.reshaped(to: [values.shape[0], -1])
    var weights = [Float](repeating: 0, count: rows.shape[1])
    switch self.output {
    case .class(let index) where weights.count == 1: weights[0] = index == 0 ? -1 : 1
    case .class(let index), .number(let index): weights[index] = 1
    }
    return (rows * Variable(Tensor(shape: [1, weights.count], scalars: weights))).sum([1])
  }

  /// The score of each example of a batch, without a tape.
  func scores(of x: Tensor<Float>) throws(ExplanationError) -> [Float] {
    let values = scores(model(Variable(x), Context(.inference))).value.scalars
    guard values.allSatisfy(\.isFinite) else { throw .notFinite }
    return values
  }
}
