import Data
import Foundation
import NN
import Tensor
import Training

@testable import Reports

/// A metric with a fixed value.
struct FixedMetric: Metric {
  let name: String
  let value: Double
  var direction: MetricDirection? { .max }

  mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>) {}
  mutating func reset() {}
}

/// A report with all parts, of a training with some epochs.
func sampleReport(_ name: String = "first", classes: [String] = ["cat", "dog", "eel"], epochs: Int = 3) throws
  -> RunReport
{
  var history = [String]()
  for epoch in 0..<epochs {
    let (loss, accuracy) = (1 / Double(epoch + 1), 1 - 0.5 / Double(epoch + 1))
    func figures(_ shift: Double) -> String {
      epoch == 1
        ? "{\"loss\":null,\"metrics\":{\"accuracy\":\(accuracy)}}"
        : "{\"loss\":\(loss + shift),\"metrics\":{\"accuracy\":\(accuracy)}}"
    }
    history.append("{\"epoch\":\(epoch),\"training\":\(figures(0)),\"validation\":\(figures(0.25))}")
  }
  let text = "{\"epochs\":[\(history.joined(separator: ","))],\"wasStopped\":false}"
  var report = RunReport(
    name: name, history: try JSONDecoder().decode(History.self, from: Foundation.Data(text.utf8)),
    figures: try JSONDecoder().decode(
      Figures.self, from: Foundation.Data("{\"loss\":0.5,\"metrics\":{\"accuracy\":0.75}}".utf8)))
  let count = 4 * classes.count
  let probabilities = (0..<count).flatMap { example in
    let guess = example % 4 == 3 ? (example + 1) % classes.count : example % classes.count
    return classes.indices.map { $0 == guess ? 0.8 : 0.2 / Double(classes.count - 1) }
  }
  let scores = try ClassScores(
    probabilities: probabilities, labels: (0..<count).map { $0 % classes.count }, classes: classes)
  report.classification = try ClassificationAnalysis(scores, bootstrap: Bootstrap(resamples: 20))
  let jpeg = Foundation.Data(try Image(width: 8, height: 6, pixels: [UInt8](repeating: 90, count: 144)).jpeg())
  report.mistakes = scores.mistakes().map { mistake in
    RunReport.Photo(
      path: "photos/\(mistake.example).jpg", expected: classes[mistake.expected], predicted: classes[mistake.predicted],
      remark: "probability 80 %", jpeg: jpeg)
  }
  report.samples = report.mistakes
  report.data = classes.map { RunReport.ClassCount(name: $0, training: 30, test: 4) }
  report.settings = [.init("--epochs", "\(epochs)"), .init("--seed", name)]
  report.measurement = .init(loss: "cross-entropy", data: "1f")
  report.network = "conv2d  [3, 8, 8]\n"
  return report
}

/// What a model gives whose weights have become NaN.
func nonFiniteEvaluation() throws -> Evaluation {
  let model = try Sequential(input: [2]) { Dense(2, activation: .softmax) }
  for parameter in model.parameters { parameter.value = Tensor(repeating: .nan, shape: parameter.value.shape) }
  let data = try TensorDataset(
    inputs: Tensor<Float>(ones: [4, 2]), targets: Tensor(oneHot: Tensor([0, 1, 0, 1]), classCount: 2),
    classes: ["cat", "dog"])
  return try model.evaluate(data, batchSize: 4, loss: .categoricalCrossEntropy, metrics: [Accuracy()])
}
