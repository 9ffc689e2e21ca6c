import Autograd
import Tensor

/// The output of a model that an explanation is about.
///
/// Where the model ends in a softmax or a sigmoid, the explained score is the logit, the number before it:
/// probabilities near 1 hardly change. A sigmoid with one output stands for two classes; class 0 then has the negative
/// logit.
struct ExplainedScore {
  let model: Model
  let index: Int

  /// - Throws: ``ExplanationError`` unless the model has one input and one output, and the output has this number.
  init(of model: Model, class index: Int) throws(ExplanationError) {
    guard model.inputNames.count == 1, model.outputCount == 1, let output = model.outputShape else {
      throw .values(inputs: model.inputNames.count, outputs: model.outputCount)
    }
    guard (0..<max(output.elementCount, 2)).contains(index) else {
      throw .output(index, count: max(output.elementCount, 2))
    }
    (self.model, self.index) = (model, index)
  }

  /// Throws unless these are examples that the model takes.
  func check(_ x: Tensor<Float>, count: Int? = 1) throws(ExplanationError) {
    guard let expected = model.inputShape, x.rank == expected.rank + 1, Shape(x.shape.dropFirst()) == expected,
      count == nil || x.shape[0] == count
    else { throw .input(found: x.shape, expected: model.inputShape) }
  }

  /// The score of each example, `[N]`.
  func scores(_ output: Variable<Float>) -> Variable<Float> {
    let logits = output.beforeProbabilities
    let rows = logits.reshaped(to: [logits.shape[0], -1])
    let isSingle = rows.shape[1] == 1
    var weights = [Float](repeating: 0, count: rows.shape[1])
    weights[isSingle ? 0 : index] = isSingle && index == 0 ? -1 : 1
    return (rows * Variable(Tensor(shape: [1, weights.count], scalars: weights))).sum([1])
  }

  /// The score of each example of a batch, without a tape.
  func scores(of x: Tensor<Float>) throws(ExplanationError) -> [Float] {
    let values = scores(model(Variable(x), Context(.inference))).value.scalars
    guard values.allSatisfy(\.isFinite) else { throw .notFinite }
    return values
  }
}
