import Data
import NN
import Tensor
import Testing
import Training

/// One type answers for photos, whatever a model tells.
@Suite struct PhotoPredictorTests {
  /// A large photo of fine stripes and noise, which looks a little different when it is decoded at a part of its size.
  private static let photo: Image = {
    var generator = RandomGenerator(seed: 3)
    let pixels = (0..<3 * 160 * 200).map { (place: Int) -> UInt8 in
      let stripe = UInt8(place / 600 % 3 * 80)
      return stripe + UInt8.random(in: 0..<95, using: &generator)
    }
    return Image(width: 200, height: 160, pixels: pixels)
  }()

  private func classifier() throws -> Model {
    let model = try Sequential(input: [3, 16, 16], seed: 2) {
      Conv2D(8, kernelSize: 3, activation: .relu)
      GlobalMaxPool2D()
      Dense(3, activation: .softmax)
    }
    model.classes = ["a", "b", "c"]
    model.preprocessing = Preprocessing(imageSize: 16)
    return model
  }

  private func estimator() throws -> Model {
    let model = try Sequential(input: [3, 4, 4]) {
      Flatten()
      Dense(2)
    }
    // The first number is the upper left red, the second the upper right one.
    var weight = [Float](repeating: 0, count: 96)
    (weight[0], weight[3 * 2 + 1]) = (1, 1)
    try model.load(state: ["dense.weight": Tensor(shape: [48, 2], scalars: weight), "dense.bias": Tensor([0, 0])])
    model.preprocessing = Preprocessing(imageSize: 4)
    model.targetMeaning = .numbers(
      names: ["left", "right"], scaling: NumberScaling(rows: Tensor(shape: [2, 2], scalars: [0, 0, 20, 2])))
    return model
  }

  /// A JPEG is decoded at a part of its size to make an input of it. The explanation looks at the same input.
  @Test func predictionAndExplanationAgree() throws {
    let bytes = try Self.photo.jpeg()
    let explainer = try PhotoExplainer(classifier())
    let predictor = explainer.predictor
    let answer = try predictor.predict(inputs: [predictor.input(decoding: bytes)])[0].get()
    let explanation = try explainer.explain(decoding: bytes, methods: [.gradCAM])
    #expect(answer == explanation.answer)
    guard case .classes(let classes) = answer else {
      Issue.record("\(answer)")
      return
    }
    #expect(explanation.explained == .class(classes[0]))
    #expect(explanation.input == (try predictor.input(decoding: bytes)))
    #expect(explanation.photo == (try Image(decoding: bytes)))
    // The whole photo gives another input, so the test would notice it.
    #expect(try explainer.explain(explanation.photo, methods: []).answer != explanation.answer)
  }

  /// Numbers come in their own units. Those of several views are averaged.
  @Test func numbersArePredicted() throws {
    var pixels = [UInt8](repeating: 0, count: 48)
    (pixels[0], pixels[9]) = (255, 51)
    let photo = Image(width: 4, height: 4, pixels: pixels)
    // By the scaling, a number is 10 + 10 x, the other 1 + x.
    for (views, expected) in [(TestViews.single, [20, 1.2]), (.flips, [16, 1.6])] as [(TestViews, [Float])] {
      let answer = try PhotoPredictor(estimator(), views: views).predict(photo)
      guard case .numbers(let numbers) = answer else {
        Issue.record("\(answer)")
        continue
      }
      #expect(numbers.map(\.name) == ["left", "right"])
      for (number, expected) in zip(numbers, expected) { #expect(abs(number.value - expected) < 1e-4) }
    }
  }

  /// A scaling that does not fit would give answers in other units.
  @Test(arguments: [
    #"{"mean":[0],"deviation":[1]}"#, #"{"mean":[0,0],"deviation":[1,1,1]}"#, #"{"mean":[0,0],"deviation":[1,0]}"#,
  ])
  func damagedScalingsAreRefused(_ scaling: String) throws {
    let model = try estimator()
    model.metadata["targets"] = #"{"numbers":{"names":["left","right"],"scaling":"# + scaling + "}}"
    let error = #expect(throws: ClassifyError.self) { try PhotoPredictor(model) }
    #expect(error.map { "\($0)" }?.hasPrefix("what the model stores about its targets cannot be used") == true)
    let data = try TensorDataset(inputs: Tensor(zeros: [2, 3, 4, 4]), targets: Tensor(zeros: [2, 2]))
    #expect(throws: DamagedTargets.self) { try model.evaluate(data, loss: .meanSquaredError) }
  }

  @Test func namesWithoutOutputsAreRefused() throws {
    let model = try estimator()
    model.targetMeaning = .numbers(names: ["left"], scaling: nil)
    #expect(throws: ClassifyError.numbers(names: 1, outputs: 2)) { try PhotoPredictor(model) }
  }

  @Test func anAnswerIsOfItsKind() throws {
    let predictor = try PhotoPredictor(estimator())
    #expect(predictor.predictsNumbers && !predictor.rejectsPhotos)
    #expect(throws: ClassifyError.noProbabilities) { try predictor.classify(Self.photo) }
    #expect(throws: ClassifyError.noProbabilities) { try estimator().classify(Self.photo) }
    #expect(throws: ClassifyError.noNumbers) { try classifier().estimate(Self.photo) }
    #expect(try !PhotoPredictor(classifier()).predictsNumbers)
    let unprepared = try classifier()
    unprepared.preprocessing = nil
    #expect(throws: ClassifyError.noPreprocessing) { try PhotoPredictor(unprepared) }
  }
}
