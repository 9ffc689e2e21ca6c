import Autograd
import Data
import NN
import Tensor
import Testing
import Training

/// Where two data sets meet, or a data set and a model, their classes and their preprocessing must be the same.
@Suite struct MeaningTests {
  private let photos: Photos

  init() throws { photos = try Photos() }

  private func network(_ outputs: Int) throws -> Sequential {
    try Sequential(input: [3, 8, 8]) {
      GlobalAveragePool2D()
      Dense(outputs, activation: .softmax)
    }
  }

  private func message(_ work: () throws -> Void) throws -> String {
    "\(try #require(#expect(throws: FitError.self) { try work() }))"
  }

  @Test func otherClassesAreNamed() throws {
    let (a, b) = (try photos("a", ["cat": 4, "dog": 4]), try photos("b", ["dog": 4, "emu": 4]))
    let model = try network(2)
    let atOnce = try message {
      try model.fit(a, validation: b, loss: .categoricalCrossEntropy, progress: .silent)
    }
    #expect(
      atOnce
        == "the classes of the validation data and of the training data differ: only the validation data has \"emu\", "
        + "only the training data has \"cat\"")
    // Nothing was noted in the model by the fit that failed.
    #expect(model.classes.isEmpty)
    try model.fit(b, loss: .categoricalCrossEntropy, progress: .silent)
    let evaluated = try message { _ = try model.evaluate(a, loss: .categoricalCrossEntropy) }
    #expect(evaluated.hasPrefix("the classes of the data and of the model differ: only the data has \"cat\", only the"))
    let again = try message { try model.fit(a, loss: .categoricalCrossEntropy, progress: .silent) }
    #expect(again.hasSuffix("set model.classes = [] first"))
    model.classes = []
    try model.fit(a, loss: .categoricalCrossEntropy, progress: .silent)
    #expect(model.classes == ["cat", "dog"])
    // Without class names there is nothing to compare, and the names of the classes do not matter to predict.
    _ = try model.evaluate(
      TensorDataset(inputs: Tensor(zeros: [1, 3, 8, 8]), targets: Tensor(shape: [1, 2], scalars: [0, 1])),
      loss: .categoricalCrossEntropy)
    #expect(try model.predict(b).shape == [8, 2])
  }

  @Test func theOrderCounts() throws {
    let (a, b) = (try Toy.data(classes: ["n", "p"]), try Toy.data(classes: ["p", "n"]))
    let text = try message {
      try Toy.model().fit(a, validation: b, loss: .categoricalCrossEntropy, progress: .silent)
    }
    #expect(text.contains("the order differs: class 0 is \"p\" in the validation data and \"n\" in the training data"))
  }

  @Test func codePointsCount() throws {
    let (a, b) = (try Toy.data(classes: ["caf\u{E9}", "p"]), try Toy.data(classes: ["cafe\u{301}", "p"]))
    let text = try message {
      try Toy.model().fit(a, validation: b, loss: .categoricalCrossEntropy, progress: .silent)
    }
    #expect(text.contains("only the validation data has \"cafe\\u{0301}\""), "\(text)")
    #expect(text.contains("only the training data has \"caf\\u{00E9}\""), "\(text)")
  }

  @Test func otherPreprocessingIsNamed() throws {
    let a = try photos("a", ["cat": 4, "dog": 4])
    let b = try photos("a", ["cat": 4, "dog": 4], colours: .bgr)
    let model = try network(2)
    let text = try message { try model.fit(a, validation: b, loss: .categoricalCrossEntropy, progress: .silent) }
    #expect(
      text.contains("preprocessing of the validation data and of the training data differs: colours: bgr and rgb"))
    try model.fit(a, loss: .categoricalCrossEntropy, progress: .silent)
    for work in [
      { _ = try model.evaluate(b, loss: .categoricalCrossEntropy) }, { _ = try model.predict(b) },
      { try model.fit(b, loss: .categoricalCrossEntropy, progress: .silent) },
    ] as [() throws -> Void] {
      #expect(
        try message(work).contains("of the data and of the model differs")
          || message(work).contains("training data and of the model"))
    }
  }

  /// Photos with other targets, as a program of a user may have them.
  private struct Renamed: Dataset {
    let photos: ImageDataset
    var count: Int { photos.count }
    var inputShape: Shape { photos.inputShape }
    var classes: [String] { [] }
    var inputMeanings: [InputMeaning?] { photos.inputMeanings }
    func batch(_ indices: [Int]) throws -> Batch { try photos.batch(indices) }
  }

  /// A data set that changes another one hands on how its photos were prepared, also as one of several inputs.
  @Test func aDataSetHandsOnThePreprocessing() throws {
    let own = Renamed(photos: try photos("a", ["cat": 4, "dog": 4]))
    let other = Renamed(photos: try photos("a", ["cat": 4, "dog": 4], colours: .bgr))
    let model = try network(2)
    try model.fit(own, loss: .categoricalCrossEntropy, progress: .silent)
    #expect(model.preprocessing == own.photos.preprocessing)
    #expect(try message { _ = try model.predict(other) }.contains("differs: colours: bgr and rgb"))

    let (photo, size) = (Input([3, 8, 8], name: "photo"), Input([2], name: "size"))
    let joined = Concatenate()([Flatten()(photo), size])
    let both = try Model(inputs: [photo, size], outputs: [Dense(2, activation: .softmax)(joined)], seed: 1)
    func data(_ photos: Renamed) throws -> CombinedDataset {
      try CombinedDataset(inputs: ["size": TensorDataset(rows: Array(repeating: [1, 2], count: 8)), "photo": photos])
    }
    try both.fit(data(own), loss: .categoricalCrossEntropy, progress: .silent)
    #expect(both.inputPreprocessings == ["photo": own.photos.preprocessing])
    #expect(try message { _ = try both.predict(data(other)) }.contains("differs: colours: bgr and rgb"))
  }

  @Test func logitsAndProbabilitiesAreNotMixed() throws {
    let model = try Toy.model(2, .linear)
    try model.fit(Toy.data(), loss: .categoricalCrossEntropy(fromLogits: true), progress: .silent)
    #expect(model.outputMeaning == .logits)
    #expect(throws: FitError.otherOutputs(model: .logits, loss: .probabilities)) {
      try model.evaluate(Toy.data(), loss: .categoricalCrossEntropy)
    }
    _ = try model.evaluate(Toy.data(), loss: .meanSquaredError)
    // Logits behind a softmax would be turned into probabilities twice.
    #expect(throws: FitError.probabilitiesForLogits(.logits)) {
      try Toy.model(2, .softmax).fit(Toy.data(), loss: .categoricalCrossEntropy(fromLogits: true), progress: .silent)
    }
    #expect(throws: FitError.probabilitiesForLogits(.binaryLogits)) {
      try Toy.model(1, .sigmoid).evaluate(Toy.binary(), loss: .binaryCrossEntropy(fromLogits: true))
    }
    _ = try model.evaluate(Toy.data(), loss: .categoricalCrossEntropy(fromLogits: true, labelSmoothing: 0.1))
  }

  /// Behind the last layer there are no probabilities, whatever the weights.
  @Test func valuesAreNotTakenForProbabilities() throws {
    for activation in [Activation.linear, .relu, .tanh, .leakyReLU(slope: 0.1), .relu6, .logSoftmax] {
      #expect(throws: FitError.valuesForProbabilities(.probabilities, output: "dense_1", activation)) {
        try Toy.model(2, activation).fit(Toy.data(), loss: .categoricalCrossEntropy, progress: .silent)
      }
      #expect(throws: FitError.valuesForProbabilities(.binaryProbabilities, output: "dense_1", activation)) {
        try Toy.model(1, activation).evaluate(Toy.binary(), loss: .binaryCrossEntropy)
      }
    }
    #expect(throws: FitError.softmaxOfOne(output: "dense_1")) {
      try Toy.model(1, .softmax).fit(Toy.binary(), loss: .binaryCrossEntropy, progress: .silent)
    }
    let text = try message {
      try Toy.model(2, .linear).fit(Toy.data(), loss: .categoricalCrossEntropy, progress: .silent)
    }
    #expect(text.contains("without an activation: use a last layer with a softmax, or fromLogits: true"), "\(text)")
    // Also behind layers that only move numbers, and in a model inside.
    let inner = try Sequential(input: [8]) { Dense(2) }
    let outer = try Sequential(input: [8]) {
      inner
      Dropout(0.1)
      ActivationLayer(.relu)
      Flatten()
    }
    #expect(throws: FitError.valuesForProbabilities(.probabilities, output: "flatten", .linear)) {
      try outer.fit(Toy.data(), loss: .categoricalCrossEntropy, progress: .silent)
    }
  }

  /// What may be probabilities is accepted: functions from 0 to 1, layers of a program, and inputs as they are.
  @Test func unknownOutputsMayBeProbabilities() throws {
    final class Own: Layer {
      func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape { inputShape }
      func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> { x.softmax() }
    }
    for activation in [Activation.sigmoid, .hardSigmoid, .sparsemax, .boundedReLU(maximum: 1)] {
      try Toy.model(2, activation).fit(Toy.data(), loss: .categoricalCrossEntropy, progress: .silent)
    }
    let own = try Sequential(input: [8]) {
      Dense(2)
      Own()
      ReLU()
    }
    try own.fit(Toy.data(), loss: .categoricalCrossEntropy, progress: .silent)
    let same = try Sequential(input: [2]) { ActivationLayer(.linear) }
    let shares = try TensorDataset(inputs: Toy.data().targets, targets: Toy.data().targets)
    _ = try same.evaluate(shares, loss: .categoricalCrossEntropy)
  }

  /// A name for each output, or two for one answer of yes or no; where classes lie along the axis of sequences or images too.
  @Test func thereIsANameForEachClass() throws {
    func fit(
      _ outputs: Shape, _ names: Int, _ loss: any Loss, targets: Shape? = nil, classWeights: [Float]? = nil,
      mixing: BatchMixing? = nil
    ) throws {
      let model = try Sequential(input: outputs) {
        BatchNorm()
        ActivationLayer(loss.outputMeaning == .values ? .linear : .sigmoid)
      }
      let data = try TensorDataset(
        inputs: Tensor(zeros: Shape([4] + outputs)), targets: Tensor(zeros: Shape([4] + (targets ?? outputs))),
        classes: (0..<names).map { "c\($0)" })
      try model.fit(data, loss: loss, metrics: [], mixing: mixing, classWeights: classWeights, progress: .silent)
    }
    #expect(throws: FitError.self) { try fit([5], 3, .categoricalCrossEntropy) }
    #expect(throws: FitError.self) { try fit([5], 2, .binaryCrossEntropy) }
    #expect(throws: FitError.self) { try fit([3, 5], 3, .sparseCategoricalCrossEntropy, targets: [3]) }
    #expect(throws: FitError.self) { try fit([5, 3, 3], 3, .sparseCategoricalCrossEntropy, targets: [3, 3]) }
    #expect(throws: FitError.self) {
      try fit([1], 3, .binaryCrossEntropy, classWeights: [1, 2, 3], mixing: BatchMixing(mixup: 0.2))
    }
    for (outputs, names) in [([5], 5), ([1], 2), ([1], 1), ([5, 3], 3), ([3, 5, 5], 3), ([1, 5, 5], 2), ([5], 0)]
      as [(Shape, Int)]
    {
      try fit(outputs, names, .binaryCrossEntropy)
    }
    // Numbers are no classes.
    try fit([5], 3, .meanSquaredError)
  }
}
