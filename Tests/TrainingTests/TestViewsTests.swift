import Data
import NN
import Tensor
import TestSupport
import Testing
import Training

/// Predictions that are means over views.
@Suite struct TestViewsTests {
  private static func model(_ activation: Activation = .softmax, channels: Int = 3) throws -> Sequential {
    try Sequential(input: [channels, 8, 8], seed: 5) {
      Flatten()
      Dense(3, activation: activation)
    }
  }

  private static let inputs = (hashed(1, [5, 3, 8, 8], 1) + 1) * 0.5

  private static var data: TensorDataset {
    get throws { try TensorDataset(inputs: inputs, targets: Tensor(zeros: [5, 3])) }
  }

  private func mirrored(_ x: Tensor<Float>) -> Tensor<Float> {
    Tensor(
      concatenating: (0..<8).reversed().map { x.slice($0...$0, axis: 3) }, axis: 3)
  }

  @Test func flipsAreTheMeanOfBothSides() throws {
    let model = try Self.model()
    let expected = (model(Self.inputs) + model(mirrored(Self.inputs))) * 0.5
    let found = try model.predict(Self.data, views: .flips, batchSize: 2)
    #expect(deviation(found, from: expected) < 1e-6)
    #expect(try model.predict(Self.data, views: .single) == model.predict(Self.data))
  }

  @Test func logitsBecomeProbabilitiesFirst() throws {
    let model = try Self.model(.linear)
    let plain = try model.predict(Self.data, views: .flips)
    #expect(deviation(plain, from: (model(Self.inputs) + model(mirrored(Self.inputs))) * 0.5) < 1e-6)
    model.outputMeaning = .logits
    let shares = model(Self.inputs).softmax(axis: 1) + model(mirrored(Self.inputs)).softmax(axis: 1)
    #expect(deviation(try model.predict(Self.data, views: .flips), from: shares * 0.5) < 1e-6)
  }

  /// A crop of a linear picture is that picture, 7/8 as steep and moved; the mean over the corners is the crop in the middle.
  @Test func cropsAreEnlarged() throws {
    let ramp = Tensor<Float>(shape: [1, 3, 8, 8], scalars: (0..<192).map { Float($0 % 8) })
    let identity = try Sequential(input: [3, 8, 8]) { Flatten() }
    let data = try TensorDataset(inputs: ramp, targets: Tensor(zeros: [1, 192]))
    let five = try identity.predict(data, views: .fiveCrops).scalars
    for (index, value) in five.enumerated() where (1...6).contains(index % 8) {
      #expect(abs(value - (3.5 + 7.0 / 8 * (Float(index % 8) - 3.5))) < 1e-5, "\(index)")
    }
    let ten = try identity.predict(data, views: .tenCrops).scalars
    #expect(ten.enumerated().allSatisfy { !(1...6).contains($0 % 8) || abs($1 - 3.5) < 1e-5 })
    #expect(TestViews.tenCrops.count == 10 && TestViews.fiveCrops.count == 5)
  }

  @Test func aPhotoIsClassifiedByItsViews() throws {
    let model = try Self.model()
    model.classes = ["a", "b", "c"]
    model.preprocessing = Preprocessing(imageSize: 8)
    let photo = Image(width: 8, height: 8, pixels: (0..<192).map { UInt8($0 * 37 % 256) })
    let preprocessing = try #require(model.preprocessing)
    let input = preprocessing(photo).expandingShape(at: 0)
    let expected = ((model(input) + model(mirrored(input))) * 0.5).scalars
    let found = try model.classify(photo, views: .flips)
    for answer in found {
      let index = try #require(model.classes.firstIndex(of: answer.name))
      #expect(abs(answer.probability - expected[index]) < 1e-6)
    }
    #expect(try model.classify(photo) == model.classify(photo, views: .single))
  }

  /// The loss belongs to the probabilities with the temperature, with one view as with several.
  @Test(arguments: [Activation.softmax, .linear])
  func theTemperatureCountsInEveryFigure(activation: Activation) throws {
    let model = try Self.model(activation)
    let labels = [0, 2, 1, 1, 0]
    let data = try TensorDataset(
      inputs: Self.inputs, targets: Tensor(oneHot: Tensor(labels.map { Float($0) }), classCount: 3))
    let loss = CategoricalCrossEntropy(fromLogits: activation == .linear)
    let before = try model.evaluate(data, loss: loss)
    model.metadata["confidence"] = "{\"temperature\":2}"
    let after = try model.evaluate(data, loss: loss)
    let logits = try Self.model(.linear)(Self.inputs)
    func expect(_ scores: ClassScores, temperature: Float) -> Double {
      let shares = (logits * (1 / temperature)).softmax(axis: 1)
      for example in 0..<5 {
        for (found, expected) in zip(scores[example], shares.select(example).scalars) {
          #expect(abs(found - Double(expected)) < 1e-6)
        }
      }
      return labels.enumerated().reduce(0) { $0 - Double.log(Double(shares[$1.offset, $1.element])) } / 5
    }
    #expect(abs(after.figures.loss - expect(try ClassScores(after), temperature: 2)) < 1e-5)
    #expect(abs(before.figures.loss - expect(try ClassScores(before), temperature: 1)) < 1e-5)
    // Another temperature is one of the model, not on top of its own.
    _ = expect(try ClassScores(after, temperature: 1), temperature: 1)
    #expect(try abs(Confidence(after).temperature / Confidence(before).temperature - 1) < 1e-3)
    #expect(try abs(after.calibrationError(temperature: 1) - before.calibrationError()) < 1e-5)
  }

  /// Figures are those of the mean probabilities, also for a model with logits, whose loss is computed from them.
  @Test(arguments: [Activation.softmax, .linear])
  func evaluateMeasuresTheMean(activation: Activation) throws {
    let model = try Self.model(activation)
    let labels = [0, 2, 1, 1, 0]
    let data = try TensorDataset(
      inputs: Self.inputs, targets: Tensor(oneHot: Tensor(labels.map(Float.init)), classCount: 3))
    let loss = CategoricalCrossEntropy(fromLogits: activation == .linear)
    func shares(_ x: Tensor<Float>) -> Tensor<Float> { activation == .linear ? model(x).softmax(axis: 1) : model(x) }
    let expected = (shares(Self.inputs) + shares(mirrored(Self.inputs))) * 0.5
    let found = try model.evaluate(data, batchSize: 2, loss: loss, views: .flips)
    let probabilities = try #require(found.outputMeaning?.probabilities(of: found.predicted))
    #expect(deviation(probabilities, from: expected) < 1e-6)
    let own = labels.enumerated().map { expected[$0, $1] }
    let meanLoss = own.reduce(0) { $0 - Double.log(Double($1)) } / 5
    #expect(abs(found.figures.loss - meanLoss) < 1e-6)
    let rows = expected.argmax(axis: 1).scalars
    #expect(found.figures.accuracy == Double(zip(rows, labels).count { Int($0) == $1 }) / 5)
    let single = try model.evaluate(data, batchSize: 2, loss: loss, views: .single)
    #expect(single.predicted == (try model.evaluate(data, batchSize: 2, loss: loss)).predicted)
  }

  @Test func yesOrNoHasLogitsOfTheMean() throws {
    let model = try Sequential(input: [3, 8, 8], seed: 5) {
      Flatten()
      Dense(1)
    }
    let data = try TensorDataset(inputs: Self.inputs, targets: Tensor(shape: [5, 1], scalars: [1, 0, 0, 1, 1]))
    let found = try model.evaluate(data, loss: BinaryCrossEntropy(fromLogits: true), views: .flips)
    let shares = model(Self.inputs).sigmoid() + model(mirrored(Self.inputs)).sigmoid()
    #expect(deviation(found.predicted.sigmoid(), from: shares * 0.5) < 1e-6)
    let meanLoss =
      zip((shares * 0.5).scalars, data.targets.scalars)
      .reduce(0) { $0 - Double.log(Double($1.1 == 1 ? $1.0 : 1 - $1.0)) } / 5
    #expect(abs(found.figures.loss - meanLoss) < 1e-6)
  }

  /// A mask of a mirrored photo is mirrored too: its mean with that of the photo would be wrong.
  @Test func viewsNeedOneAnswerForThePhoto() throws {
    let model = try Sequential(input: [3, 8, 8], seed: 5) { Conv2D(1, kernelSize: 1, activation: .sigmoid) }
    let data = try TensorDataset(inputs: Self.inputs, targets: Tensor(zeros: [5, 1, 8, 8]))
    #expect(throws: FitError.viewsOfPlaces([1, 8, 8])) { try model.predict(data, views: .flips) }
    #expect(throws: FitError.viewsOfPlaces([1, 8, 8])) {
      try model.evaluate(data, loss: .binaryCrossEntropy, views: .flips)
    }
    _ = try model.evaluate(data, loss: .binaryCrossEntropy, views: .single)
  }

  @Test func otherInputsHaveOneView() throws {
    let data = try Toy.data()
    let model = try Toy.model()
    #expect(throws: DatasetError.self) { try model.predict(data, views: .flips) }
    #expect(try model.predict(data, views: .single) == model.predict(data))
  }
}
