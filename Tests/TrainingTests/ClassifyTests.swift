import Data
import NN
import Optim
import Serialization
import Tensor
import Testing
import Training

/// A classification has probabilities from 0 to 1, or is an error.
@Suite struct ClassifyTests {
  private let photos: Photos

  init() throws { photos = try Photos() }

  private func network(_ outputs: Int, _ activation: Activation) throws -> Sequential {
    try Sequential(input: [3, 8, 8]) {
      GlobalAveragePool2D()
      Dense(outputs, activation: activation)
    }
  }

  @Test func logitsBecomeProbabilities() throws {
    let data = try photos("base", ["cat": 4, "dog": 4, "emu": 4])
    let model = try network(3, .linear)
    try model.fit(
      data, epochs: 3, optimizer: SGD(learningRate: 5.0), loss: .categoricalCrossEntropy(fromLogits: true),
      progress: .silent)
    let photo = try data.image(at: 0)
    let logits = try model.predict(data.batch([0]).inputs)
    let found = try model.classify(photo)
    #expect(Set(found.map(\.name)) == ["cat", "dog", "emu"])
    let shares = logits.softmax(axis: 1).scalars
    #expect(found.map(\.probability) == shares.sorted(by: >))
    #expect(found.allSatisfy { (0...1).contains($0.probability) })
    // A model that does not say what its outputs mean is not believed.
    model.outputMeaning = nil
    let wrong = #expect(throws: ClassifyError.self) { try model.classify(photo) }
    #expect("\(try #require(wrong))".contains("set model.outputMeaning = .logits"))
    model.outputMeaning = .values
    #expect(throws: ClassifyError.noProbabilities) { try model.classify(photo) }
  }

  @Test func probabilitiesAreNoLogits() throws {
    let data = try photos("base", ["cat": 4, "dog": 4])
    let model = try network(2, .softmax)
    try model.fit(data, loss: .categoricalCrossEntropy, progress: .silent)
    let photo = try data.image(at: 0)
    let found = try model.classify(photo)
    model.outputMeaning = .logits
    #expect(throws: ClassifyError.probabilitiesForLogits) { try model.classify(photo) }
    model.outputMeaning = nil
    #expect(try model.classify(photo) == found)
  }

  /// As in Keras, the output is the probability of the second class.
  @Test(arguments: [true, false])
  func oneOutputHasTwoNames(fromLogits: Bool) throws {
    let data = try photos("two", ["cat": 8, "dog": 8], targets: .binary)
    let model = try network(1, fromLogits ? .linear : .sigmoid)
    let history = try model.fit(
      data, epochs: 60, batchSize: 16, optimizer: Adam(learningRate: 0.2),
      loss: .binaryCrossEntropy(fromLogits: fromLogits), progress: .silent)
    #expect(history["accuracy"].last == 1)
    for (index, name) in [(0, "cat"), (15, "dog")] {
      let found = try model.classify(data.image(at: index))
      #expect(found.map(\.name) == (name == "cat" ? ["cat", "dog"] : ["dog", "cat"]))
      #expect(found[0].probability + found[1].probability == 1)
      #expect(found[0].probability > 0.5)
    }
    let evaluation = try model.evaluate(data, loss: .binaryCrossEntropy(fromLogits: fromLogits))
    #expect(try evaluation.confusion().counts == [[8, 0], [0, 8]])
  }

  @Test func notANumberIsAnError() throws {
    let data = try photos("base", ["cat": 4, "dog": 4])
    let model = try network(2, .softmax)
    try model.fit(data, loss: .categoricalCrossEntropy, progress: .silent)
    for parameter in model.parameters { parameter.value = Tensor(repeating: .nan, shape: parameter.value.shape) }
    let error = #expect(throws: ClassifyError.self) { try model.classify(data.image(at: 0)) }
    #expect("\(try #require(error))".hasPrefix("the model's outputs are not numbers: one is nan"))
  }

  @Test func namesThatDoNotFitAreAnError() throws {
    let data = try photos("base", ["cat": 4, "dog": 4])
    let model = try network(3, .softmax)
    model.preprocessing = data.preprocessing
    model.classes = ["a", "b"]
    #expect(throws: ClassifyError.classes(names: 2, outputs: 3)) { try model.classify(data.image(at: 0)) }
  }

  /// Each photo of a batch gets the answer that it gets alone, also with several views.
  @Test(arguments: [TestViews.single, .flips])
  func severalPhotosAreClassifiedAtOnce(views: TestViews) throws {
    let data = try photos("base", ["cat": 3, "dog": 4, "emu": 2])
    let model = try network(3, .linear)
    try model.fit(data, loss: .categoricalCrossEntropy(fromLogits: true), progress: .silent)
    let predictor = try PhotoPredictor(model, views: views)
    let files = try (0..<9).map { try readFile(data.paths[$0], limit: 1 << 20) }
    let inputs = try files.map { try predictor.input(decoding: $0) }
    let answers = try predictor.predict(inputs: inputs).map { try $0.get() }
    for (index, answer) in answers.enumerated() {
      let alone = try predictor.classify(contentsOfFile: data.paths[index])
      guard case .classes(let answer) = answer else {
        Issue.record("photo \(index): \(answer)")
        continue
      }
      #expect(answer.map(\.name) == alone.map(\.name))
      for (found, expected) in zip(answer, alone) {
        #expect(abs(found.probability - expected.probability) < 1e-6)
      }
    }
    #expect(predictor.predict(inputs: []).isEmpty)
    #expect(throws: ImageError.self) { try predictor.input(decoding: [1, 2, 3]) }
  }
}
