import Data
import NN
import Optim
import Tensor
import Testing
import Training

/// Weights of examples against Keras.
@Suite struct SampleWeightTests {
  private let inputs = hashed(21, [48, 8], 1)
  private let targets = Tensor<Float>(
    oneHot: Tensor(hashed(22, [48], 3).scalars.map { abs($0).rounded(.down) }), classCount: 3)
  private let weights = hashed(23, [48], 2).scalars.map { abs($0) }
  private let weightedMetrics: [any WeightedMetric] = [
    Accuracy(), TopKAccuracy(k: 2), .categoricalCrossEntropy(), Precision(threshold: 0.3), Recall(threshold: 0.3),
    BinaryAccuracy(),
  ]

  private func model() throws -> Sequential {
    let (first, last) = (Dense(5, activation: .relu), Dense(3, activation: .softmax))
    let model = try Sequential(input: [8], layers: [first, last])
    first.weight.value = hashed(24, [8, 5], 0.6)
    first.bias?.value = hashed(25, [5], 0.1)
    last.weight.value = hashed(26, [5, 3], 0.6)
    last.bias?.value = hashed(27, [3], 0.1)
    return model
  }

  private func data() throws -> TensorDataset {
    try TensorDataset(inputs: inputs, targets: targets, classes: ["a", "b", "c"], sampleWeights: weights)
  }

  @Test(arguments: [("weights", nil), ("weights of examples and classes", [1, 2, 0.5] as [Float]?)])
  func historyEqualsKeras(run: String, classWeights: [Float]?) throws {
    let runs = try OutputsFixture.load().runs
    let model = try model()
    let history = try model.fit(
      data(), epochs: 2, batchSize: 16, optimizer: SGD(learningRate: 0.1), loss: .categoricalCrossEntropy,
      weightedMetrics: weightedMetrics, shuffle: false, classWeights: classWeights, progress: .silent)
    expectKeras(history, try #require(runs[run]))
    guard classWeights == nil else { return }
    let evaluation = try model.evaluate(data(), loss: .categoricalCrossEntropy, weightedMetrics: weightedMetrics)
    for (name, expected) in try #require(runs["evaluation"]) {
      let found = name == "loss" ? evaluation.figures.loss : evaluation.figures.metrics[name]
      #expect(abs(try #require(found) - expected[0]) < 2e-4, "\(name)")
    }
  }

  /// A weight of 0 is as good as no example but for the divisor, and weights that are all 1 change no bit.
  @Test func onesChangeNothing() throws {
    func train(_ weights: [Float]?) throws -> History {
      let data = try TensorDataset(inputs: inputs, targets: targets, sampleWeights: weights)
      return try model().fit(data, epochs: 2, loss: .categoricalCrossEntropy, progress: .silent)
    }
    #expect(try train([Float](repeating: 1, count: 48)) == train(nil))
    #expect(try train(weights) != train(nil))
  }

  @Test func wrongWeightsAreRefused() throws {
    func data(_ weights: [Float]) throws -> TensorDataset {
      try TensorDataset(inputs: inputs, targets: targets, sampleWeights: weights)
    }
    #expect(throws: DatasetError.sampleWeightCount(found: 2, expected: 48)) { try data([1, 2]) }
    for wrong in [-1, .infinity] as [Float] {
      #expect(throws: DatasetError.sampleWeight(example: 47, wrong)) {
        try data([Float](repeating: 1, count: 47) + [wrong])
      }
    }
    #expect(
      "\(DatasetError.sampleWeight(example: 3, -1))"
        == "sample weights: found -1.0 for example 3, expected a finite number of at least 0")
  }

  /// A data set of a program need not put its weights into its batches.
  @Test func weightsOfAnyDataSetCount() throws {
    struct Own: Dataset {
      let base: TensorDataset
      let sampleWeights: [Float]?
      var count: Int { base.count }
      var inputShape: Shape { base.inputShape }
      var classes: [String] { base.classes }
      func batch(_ indices: [Int]) -> Batch { base.batch(indices) }
    }
    let plain = try TensorDataset(inputs: inputs, targets: targets, classes: ["a", "b", "c"])
    func train(_ data: any Dataset) throws -> History {
      try model().fit(data, validationShare: 0.25, epochs: 2, loss: .categoricalCrossEntropy, progress: .silent)
    }
    #expect(try train(Own(base: plain, sampleWeights: weights)) != train(Own(base: plain, sampleWeights: nil)))
    #expect(throws: DatasetError.self) { try train(Own(base: plain, sampleWeights: [1])) }
  }

  /// Batches that are not what their data set says are errors, not the end of the process.
  @Test func wrongBatchesAreRefused() throws {
    struct Wrong: Dataset {
      let base: TensorDataset
      let change: @Sendable (inout Batch) -> Void
      var count: Int { base.count }
      var inputShape: Shape { base.inputShape }
      var classes: [String] { base.classes }
      func batch(_ indices: [Int]) -> Batch {
        var batch = base.batch(indices)
        if indices.count > 1 { change(&batch) }
        return batch
      }
    }
    let changes: [@Sendable (inout Batch) -> Void] = [
      { $0.weights = Tensor([1, 2]) }, { $0.furtherInputs = [$0.inputs] }, { $0.furtherTargets = [$0.targets] },
    ]
    for change in changes {
      let data = Wrong(base: try data(), change: change)
      #expect {
        try model().fit(data, loss: .categoricalCrossEntropy, progress: .silent)
      } throws: {
        $0 is FitError || $0 is DatasetError
      }
      #expect {
        try model().evaluate(data, loss: .categoricalCrossEntropy)
      } throws: {
        $0 is FitError || $0 is DatasetError
      }
    }
  }
}
