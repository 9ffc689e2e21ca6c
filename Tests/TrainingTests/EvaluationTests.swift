import Autograd
import Data
import NN
import Optim
import Tensor
import TestSupport
import Testing

@testable import Training

/// Is 1 always.
private struct NamedMetric: Metric {
  var name: String
  var value: Double { 1 }
  mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>) {}
  mutating func reset() {}
}

/// Reports and default metrics, for every form of targets.
@Suite struct EvaluationTests {
  @Test func reportsReadEveryForm() throws {
    let photos = try Photos()
    let classes: KeyValuePairs = ["a": 6, "b": 6, "c": 6]
    var counts: [[[Int]]] = []
    for (mode, loss) in [
      (LabelMode.oneHot, CategoricalCrossEntropy() as any Loss), (.index, SparseCategoricalCrossEntropy()),
    ] {
      let data = try photos("base", classes, targets: mode)
      let model = try Sequential(input: [3, 8, 8]) {
        GlobalAveragePool2D()
        Dense(3, activation: .softmax)
      }
      try model.fit(data, epochs: 60, batchSize: 6, optimizer: Adam(learningRate: 0.1), loss: loss, progress: .silent)
      let evaluation = try model.evaluate(data, loss: loss)
      #expect(evaluation.classes == ["a", "b", "c"])
      let confusion = try evaluation.confusion()
      #expect(try confusion == evaluation.confusion(classes: data.classes))
      #expect(confusion.accuracy == evaluation.accuracy)
      counts.append(confusion.counts)
    }
    #expect(counts == [[[6, 0, 0], [0, 6, 0], [0, 0, 6]], [[6, 0, 0], [0, 6, 0], [0, 0, 6]]])
  }

  @Test func binaryTargetsAreReported() throws {
    let data = try Toy.binary()
    let model = try Toy.model(1, .sigmoid)
    try model.fit(data, epochs: 60, optimizer: Adam(learningRate: 0.02), loss: .binaryCrossEntropy, progress: .silent)
    let evaluation = try model.evaluate(data, loss: .binaryCrossEntropy)
    let confusion = try evaluation.confusion()
    let positives = data.targets.scalars.count { $0 == 1 }
    #expect(confusion.counts.map { $0.reduce(0, +) } == [64 - positives, positives])
    #expect(confusion.accuracy == evaluation.figures.accuracy)
  }

  /// In batches of 8, as in training: each adds the penalty on its own outputs.
  @Test func penaltiesBelongToTheLoss() throws {
    let data = try Toy.data()
    let plain = try Sequential(input: data.inputShape) { Dense(2, activation: .softmax) }
    let penalized = try Sequential(input: data.inputShape) {
      Dense(2, activation: .softmax, kernelRegularizer: .l2(0.5), activityRegularizer: .l1(0.25))
    }
    try penalized.load(state: plain.state)
    let losses = try [plain, penalized].map {
      try $0.evaluate(data, batchSize: 8, loss: .categoricalCrossEntropy).figures.loss
    }
    // The outputs of an example are probabilities, whose sum is 1.
    let expected = 0.5 * Double(plain.parameters[0].value.squared().sum().scalar) + 0.25
    #expect((losses[1] - losses[0] - expected).magnitude <= 1e-5)
  }

  @Test func classWeightsTakeEveryForm() throws {
    // The same weights lead to the same training, whatever names the classes.
    let oneHot = try Toy.data()
    let labels = (0..<64).map { oneHot.targets[$0, 1] }
    var results: [[Float]] = []
    for (targets, loss) in [
      (oneHot.targets, CategoricalCrossEntropy() as any Loss), (Tensor(labels), SparseCategoricalCrossEntropy()),
      (Tensor(shape: [64, 1], scalars: labels), SparseCategoricalCrossEntropy()),
    ] {
      let model = try Toy.model()
      try model.fit(
        TensorDataset(inputs: oneHot.inputs, targets: targets), epochs: 2, loss: loss, classWeights: [1, 7],
        progress: .silent)
      results.append(try model.predict(oneHot.inputs).scalars)
    }
    #expect(results[1] == results[0])
    #expect(results[2] == results[0])
    // One output: weighting the class 1 by 0 teaches only the class 0.
    let binary = try Toy.model(1, .sigmoid)
    try binary.fit(
      Toy.binary(), epochs: 60, optimizer: Adam(learningRate: 0.05), loss: .binaryCrossEntropy, classWeights: [1, 0],
      progress: .silent)
    #expect(try binary.predict(Toy.binary()).max().scalar < 0.5)
    for wrong in [Float.nan, -1, .infinity] {
      #expect(throws: FitError.self) {
        try Toy.model().fit(oneHot, loss: .categoricalCrossEntropy, classWeights: [1, wrong], progress: .silent)
      }
    }
  }

  @Test func defaultMetricsFollowTheLoss() throws {
    func names(_ targets: Tensor<Float>, _ outputs: Int, _ activation: Activation, _ loss: any Loss) throws -> [String]
    {
      let data = try TensorDataset(inputs: hashed(1, [6, 8], 1), targets: targets)
      let model = try Toy.model(outputs, activation)
      let history = try model.fit(data, loss: loss, progress: .silent)
      #expect(try model.evaluate(data, loss: loss).figures.sorted.map(\.name) == history.names)
      return history.names
    }
    let labels = Tensor<Float>([0, 1, 2, 0, 1, 2])
    let yes = Tensor<Float>(shape: [6, 1], scalars: [0, 1, 1, 0, 1, 0])
    let multiHot = Tensor<Float>(shape: [6, 2], scalars: [1, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 0])
    #expect(
      try names(Tensor(oneHot: labels, classCount: 3), 3, .softmax, .categoricalCrossEntropy) == ["accuracy", "loss"])
    #expect(try names(labels, 3, .softmax, .sparseCategoricalCrossEntropy) == ["accuracy", "loss"])
    #expect(try names(yes, 1, .sigmoid, .binaryCrossEntropy) == ["accuracy", "loss"])
    #expect(try names(multiHot, 2, .sigmoid, .binaryCrossEntropy) == ["binary_accuracy", "loss"])
    #expect(try names(hashed(2, [6, 1], 3), 1, .linear, .meanSquaredError) == ["loss"])
  }

  @Test func severalClassesAreRefused() throws {
    let multiHot = Tensor<Float>(shape: [4, 2], scalars: [1, 1, 0, 1, 0, 0, 1, 0])
    let data = try TensorDataset(inputs: hashed(1, [4, 8], 1), targets: multiHot, classes: ["n", "p"])
    let model = try Toy.model(2, .sigmoid)
    #expect(throws: TargetError.self) {
      try model.fit(data, loss: .binaryCrossEntropy, metrics: [Accuracy()], progress: .silent)
    }
    let evaluation = try model.evaluate(data, loss: .binaryCrossEntropy)
    let error = #expect(throws: TargetError.self) { try evaluation.confusion() }
    #expect("\(try #require(error))".contains("exactly one class is right"))
    #expect(throws: TargetError.self) {
      try model.fit(data, loss: .binaryCrossEntropy, classWeights: [1, 2], progress: .silent)
    }
    // Names of another number of classes, and a regression.
    let good = try Toy.model().evaluate(Toy.data(), loss: .categoricalCrossEntropy)
    #expect(throws: TargetError.self) { try good.confusion(classes: ["a", "b", "c"]) }
    // The names of the data in another order would give each count a wrong name; other names are the caller's choice.
    let classes = good.classes
    try #require(classes.count == 2)
    let swapped = #expect(throws: TargetError.self) { try good.confusion(classes: classes.reversed()) }
    #expect("\(try #require(swapped))".contains("the names have another order: \(classes[1]), \(classes[0])"))
    #expect(try good.confusion(classes: ["a", "b"]).counts == good.confusion().counts)
    let regression = try TensorDataset(inputs: hashed(1, [4, 8], 1), targets: hashed(2, [4, 1], 30))
    let values = try Toy.model(1, .linear).evaluate(regression, loss: .meanSquaredError)
    #expect(throws: TargetError.self) { try values.confusion(classes: ["a", "b"]) }
  }

  @Test func figuresByName() throws {
    let evaluation = try Toy.model().evaluate(
      Toy.data(), loss: .categoricalCrossEntropy, metrics: [.accuracy, .topKAccuracy(k: 1)])
    let (loss, figures) = (evaluation.loss, evaluation.figures)
    #expect(loss == figures.loss && evaluation.accuracy == figures.metrics["accuracy"])
    #expect(evaluation.accuracy != nil && evaluation[metric: "top_1_accuracy"] == evaluation.accuracy)
    #expect(evaluation[metric: "auc"] == nil)
  }

  @Test func aPrintedEvaluationIsASummary() throws {
    let evaluation = try Toy.model().evaluate(Toy.data(), loss: .categoricalCrossEntropy)
    #expect("\(evaluation)".hasPrefix("64 examples, accuracy "))
    #expect("\(evaluation)".count < 60)
  }

  @Test func namesOfMetricsMustDiffer() throws {
    #expect(throws: FitError.metricName("accuracy")) {
      try Toy.model().fit(
        Toy.data(), loss: .categoricalCrossEntropy, metrics: [Accuracy(), Accuracy(threshold: 0.2)], progress: .silent)
    }
    // The history would have two columns of one name.
    for names in [["loss"], ["val_loss"], ["accuracy", "val_accuracy"]] {
      #expect(throws: FitError.metricName(names[names.count - 1])) {
        try Toy.model().evaluate(Toy.data(), loss: .categoricalCrossEntropy, metrics: names.map(NamedMetric.init))
      }
    }
    let fine = try Toy.model().evaluate(
      Toy.data(), loss: .categoricalCrossEntropy, metrics: ["a", "val_b"].map(NamedMetric.init))
    #expect(fine.figures.metrics == ["a": 1, "val_b": 1])
  }
}
