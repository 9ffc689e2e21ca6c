import Autograd
import Data
import NN
import Optim
import Tensor
import Testing
import Training

/// What a user gets wrong in data, losses and models is an error of `fit`, `evaluate` and `predict`, and does not end the program.
struct UserMistakeTests {
  private static func texts(_ numbers: [Float]) throws -> TensorDataset {
    try TensorDataset(
      inputs: Tensor(shape: [2, 3], scalars: numbers), targets: Tensor(shape: [2, 1], scalars: [0, 1]))
  }

  private static func reader(_ embedding: Embedding) throws -> Sequential {
    try Sequential(input: [3]) {
      embedding
      GlobalAveragePool1D()
      Dense(1)
    }
  }

  @Test(arguments: [Float(10), -1, .nan, 1e12])
  func aNumberWithoutARowIsNamed(number: Float) throws {
    let data = try Self.texts([0, 9, 1, 2, number, 3])
    let model = try Self.reader(Embedding(10, features: 2))
    // Also where the layer stands in a model or a layer inside.
    let outer = try Sequential(input: [3]) { model.named("reader") }
    let recomputed = try Sequential(input: [3]) {
      Recomputed { Embedding(10, features: 2) }
      GlobalAveragePool1D()
      Dense(1)
    }
    let models = [
      (model, "embedding"), (outer, "reader.embedding"), (recomputed, "recomputed.body.embedding"),
    ]
    for (model, path) in models {
      for run in [
        { try model.fit(data, loss: .meanSquaredError, progress: .silent) as Any },
        { try model.evaluate(data, loss: .meanSquaredError) }, { try model.predict(data) },
        { try model.predict(data.inputs) }, { try FeatureCache(of: model).features(of: data) },
      ] {
        let error = try #require(#expect(throws: LookUpError.self) { try run() })
        #expect(error.layer == path && error.example == 1 && error.count == 10)
        #expect("\(error)".hasPrefix("the layer \(path) looks up numbers from 0 to 9, and example 1 of a batch holds "))
      }
      #expect(throws: LookUpError.self) { try model.recomputeStatistics(from: data) }
    }
    #expect(throws: Never.self) { try model.predict(Self.texts([0, 9, 1, 2, 9.5, -0.5])) }
  }

  @Test func aNumberWithoutARowIsNamedAtEachTime() throws {
    let model = try Sequential(input: [2, 3]) {
      TimeDistributed(Sequential { Embedding(10, features: 2) })
      Flatten()
      Dense(1)
    }
    var numbers = Tensor<Float>(zeros: [2, 2, 3])
    numbers[1, 0, 2] = 10
    let error = #expect(throws: LookUpError.self) { try model.predict(numbers) }
    #expect(error?.layer == "time_distributed.layer.embedding" && error?.example == 1)
  }

  @Test func aNumberWithoutARowIsNamedInTheFirstExampleToo() throws {
    let data = try Self.texts([0, 10, 1, 2, 4, 3])
    let model = try Self.reader(Embedding(10, features: 2))
    let error = #expect(throws: LookUpError.self) { try model.fit(data, loss: .meanSquaredError, progress: .silent) }
    #expect(error?.example == 0 && error?.number == 10)
    #expect(throws: LookUpError.self) { try model.evaluate(data, loss: .meanSquaredError) }
  }

  /// A plan for inference joins the sigmoid with the layers in front of it.
  @Test func aSigmoidIsNotTakenForLogits() throws {
    let pooled = try Sequential(input: [2, 4, 4]) {
      GlobalAveragePool2D()
      Dense(1, activation: .sigmoid)
    }
    let pixels = try Sequential(input: [2, 4, 4]) { Conv2D(1, kernelSize: 1, activation: .sigmoid) }
    let images = Tensor<Float>(ones: [2, 2, 4, 4])
    for (model, targets) in [(pooled, Tensor<Float>(zeros: [2, 1])), (pixels, Tensor(zeros: [2, 1, 4, 4]))] {
      let data = try TensorDataset(inputs: images, targets: targets)
      let loss = BinaryCrossEntropy(fromLogits: true)
      #expect(throws: FitError.probabilitiesForLogits(.binaryLogits)) { try model.evaluate(data, loss: loss) }
      #expect(throws: FitError.probabilitiesForLogits(.binaryLogits)) {
        try model.fit(data, loss: loss, progress: .silent)
      }
    }
  }

  @Test func nothingToTrainIsAnError() throws {
    let frozen = try Toy.model()
    frozen.isTrainable = false
    let fixed = try Sequential(input: [8]) { ReLU() }
    #expect(throws: FitError.nothingToTrain) {
      try frozen.fit(Toy.data(), loss: .categoricalCrossEntropy, progress: .silent)
    }
    #expect(throws: FitError.nothingToTrain) { try frozen.findLearningRate(Toy.data(), loss: .categoricalCrossEntropy) }
    let data = try TensorDataset(inputs: Toy.data().inputs, targets: Toy.data().inputs)
    #expect(throws: FitError.nothingToTrain) { try fixed.fit(data, loss: .meanSquaredError, progress: .silent) }
  }

  /// A user's loss that does not give one number for each example: the mean of the batch, as in PyTorch, or all numbers.
  private struct OwnLoss: Loss {
    let reduce: @Sendable (Variable<Float>) -> Variable<Float>

    func perExample(predicted: Variable<Float>, expected: Tensor<Float>) -> Variable<Float> {
      reduce((predicted - Variable(expected)).squared())
    }
  }

  @Test(arguments: [false, true]) func aLossGivesOneNumberForEachExample(isWeighted: Bool) throws {
    let data = try Toy.data()
    let weights: [Float]? = isWeighted ? [1, 2] : nil
    for reduce: @Sendable (Variable<Float>) -> Variable<Float> in [{ $0 }, { $0.mean() }] {
      let error = #expect(throws: TargetError.self) {
        try Toy.model().fit(data, loss: OwnLoss(reduce: reduce), classWeights: weights, progress: .silent)
      }
      #expect("\(try #require(error))".contains("OwnLoss gives losses of shape"))
    }
    #expect(throws: Never.self) {
      try Toy.model().fit(data, loss: OwnLoss { $0.mean([1]) }, classWeights: weights, progress: .silent)
    }
  }
}
