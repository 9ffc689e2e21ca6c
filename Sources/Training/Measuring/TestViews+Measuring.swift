import Autograd
import Data
import NN
import Tensor

extension Model {
  /// The mean over some views of each example of a data set: of the probabilities where the model has logits of classes or
  /// answers (`outputMeaning`), of the outputs otherwise.
  ///
  /// ```swift
  /// let probabilities = try model.predict(test, views: .flips)
  /// ```
  ///
  /// Cost: that of `predict` for each view.
  ///
  /// - Throws: as `predict` without views; `DatasetError` if several views are asked for and the inputs are not photos, and
  ///   ``FitError`` if the outputs are not one row of numbers for each photo.
  public func predict(
    _ dataset: any Dataset, views: TestViews, batchSize: Int = 32, callbacks: [any Callback] = []
  ) throws -> Tensor<Float> {
    try check(inputShape: dataset.inputShape, count: dataset.count)
    try views.check(self)
    return try predictOutputs(dataset, batchSize: batchSize, nil, callbacks) { batch in
      let outputs = try views.inputs(batch.inputs).map { input in
        let output = self(input)
        return outputMeaning?.probabilities(of: output) ?? output
      }
      return [outputs.mean]
    }[0]
  }
}

extension TestViews {
  /// The output of a model for the views of a batch: the mean over the views of the probabilities that
  /// ``NN/Model/classify(_:views:)`` gives, or of the numbers. Logits stay logits: those of the mean probabilities.
  ///
  /// - Parameters:
  ///   - model: has one input and one output.
  ///   - batch: the inputs `[B, C, H, W]`.
  ///   - meaning: of the outputs.
  ///   - temperature: divides the logits.
  func output(
    of model: any Layer, _ batch: Tensor<Float>, _ meaning: OutputMeaning?, _ temperature: Double
  ) throws -> Tensor<Float> {
    let scale = Float(1 / temperature)
    let outputs = try inputs(batch).map { model.outputs(of: [Variable($0)], Context(.inference))[0].value }
    // With a temperature, several answers of yes or no are classes of which one is right.
    let isOneOfSeveral = scale != 1 && outputs[0].shape.dropFirst().reduce(1, *) > 1
    func classes(_ shares: [Tensor<Float>]) -> Tensor<Float> {
      shares.map { ($0.logarithm * scale).softmax(axis: 1) }.mean
    }
    switch meaning {
    case .logits: return outputs.map { ($0 * scale).softmax(axis: 1) }.mean.logarithm
    case .binaryLogits where isOneOfSeveral:
      let mean = classes(outputs.map { $0.sigmoid() })
      return mean.logarithm - (1 - mean).logarithm
    case .binaryLogits:
      return outputs.map { ($0 * scale).sigmoid() }.mean.logarithm
        - outputs.map { ($0 * -scale).sigmoid() }.mean.logarithm
    case .probabilities where scale != 1, .binaryProbabilities where isOneOfSeveral: return classes(outputs)
    case .binaryProbabilities where scale != 1:
      return outputs.map { (($0.logarithm - (1 - $0).logarithm) * scale).sigmoid() }.mean
    case .probabilities, .binaryProbabilities, .values, nil: return outputs.mean
    }
  }
}

extension Tensor<Float> {
  /// The logarithms of probabilities. That of 0 is finite.
  fileprivate var logarithm: Tensor<Float> {
    Tensor.maximum(self, Tensor(scalar: .leastNormalMagnitude)).log()
  }
}
