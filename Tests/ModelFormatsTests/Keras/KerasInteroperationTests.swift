import Autograd
import Foundation
import ModelFormats
import NN
import Optim
import Serialization
import Tensor
import TestSupport
import Testing

/// Real Keras opens what is written, and what it writes is read, in several versions.
@Suite struct KerasInteroperationTests {
  /// One process for each version: starting Keras takes longer than all checks.
  @Test(arguments: PythonEnvironment.kerasVersions)
  func bothPredictAndTrainTheSame(version: String) throws {
    guard PythonEnvironment.hasKeras(version) else {
      print("Keras \(version) is left out: \(PythonEnvironment.absence)")
      return
    }
    let folder = try TemporaryFolder()
    try writeModels(to: folder.path("written"), keras: version)
    let script = fixturePath("check_with_keras.py")
    let (succeeded, output) = try PythonEnvironment.run(script, [folder.url.path], keras: version)
    #expect(succeeded, "\(output)")
    guard succeeded else { return }
    try checkReading(in: folder.path("read"))
    try checkTraining(in: folder.path("read"))
  }

  private func writeModels(to folder: String, keras version: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for sample in Sample.allCases {
      let model = try sample.model()
      let x = sampleInputs(for: model)
      try model.save(to: "\(folder)/\(sample).keras")
      try x.permuted([0, 2, 3, 1]).writeNPY(to: "\(folder)/\(sample).x.npy")
      try model(x).writeNPY(to: "\(folder)/\(sample).y.npy")
    }
    // What was read from Keras and is written again. Older versions lack options of those that are left out.
    for file in KerasKindsTests.kinds where !["augmented.keras", "functional.keras", "images.keras"].contains(file) {
      let name = String(file.prefix { $0 != "." })
      try Model(contentsOf: fixturePath("Keras/kinds/\(file)")).save(to: "\(folder)/\(name).keras")
      for end in ["x.npy", "y.npy"] {
        try Tensor(npyFile: fixturePath("Keras/kinds/\(name).\(end)")).writeNPY(to: "\(folder)/\(name).\(end)")
      }
    }
    // Before 3.12 Keras lost a mask behind an attention, and refused it before a model inside.
    for name in ["recurrent", "masking", "flat", "mean", "convolved", "transformer", "nested"]
    where ["newest", "3.12.0"].contains(version) {
      try Model(contentsOf: fixturePath("Keras/masks/\(name).keras")).save(to: "\(folder)/\(name)_masked.keras")
      let arrays = try NPZ(contentsOf: fixturePath("Keras/masks/\(name).npz")).tensors
      try #require(arrays["input0"]).writeNPY(to: "\(folder)/\(name)_masked.x.npy")
      try #require(arrays["output0"]).writeNPY(to: "\(folder)/\(name)_masked.y.npy")
    }
    let (model, other) = (try sampleModel(), try sampleModel(seed: 9))
    let x = sampleInputs(for: model)
    try model.save(to: "\(folder)/weights.keras")
    try other.saveWeights(to: "\(folder)/weights.weights.h5")
    try x.permuted([0, 2, 3, 1]).writeNPY(to: "\(folder)/weights.x.npy")
    try other(x).writeNPY(to: "\(folder)/weights.y.npy")

    for (name, training) in Self.trainings {
      let task = try TrainingTask()
      task.train(training)
      let path = "\(folder)/\(name)"
      try task.model.save(
        to: "\(path).keras", optimizer: training.optimizer, loss: training.loss, metrics: training.metrics)
      try task.x.permuted([0, 2, 3, 1]).writeNPY(to: "\(path).x.npy")
      try task.model(task.x).writeNPY(to: "\(path).y.npy")
      try task.targets.writeNPY(to: "\(path).t.npy")
      let steps = training.optimizer.stepCount
      task.train(training)
      try task.kerasWeights(steps: steps).write(to: "\(path).after.npz")
    }
  }

  /// Each kind of optimizer, schedule, clipping and loss once.
  private static var trainings: [(String, KerasTraining)] {
    [
      ("adam", KerasTraining(optimizer: Adam(), loss: .categoricalCrossEntropy)),
      (
        "adamw",
        KerasTraining(
          optimizer: AdamW(learningRate: 0.01, weightDecay: 0.1, clipping: .norm(0.5)),
          loss: .categoricalCrossEntropy(labelSmoothing: 0.1), metrics: [Accuracy(), TopKAccuracy(k: 2)])
      ),
      (
        "nesterov",
        KerasTraining(
          optimizer: SGD(
            learningRate: .exponential(from: 0.05, steps: 2, factor: 0.5, staircase: true), momentum: 0.9,
            nesterov: true, weightDecay: 0.01, clipping: .globalNorm(1)), loss: .meanSquaredError)
      ),
      (
        "steps",
        KerasTraining(
          optimizer: SGD(learningRate: .step(boundaries: [2, 4], rates: [0.1, 0.05, 0.02])),
          loss: .binaryCrossEntropy)
      ),
      (
        "rmsprop",
        KerasTraining(
          optimizer: RMSprop(learningRate: 0.01, momentum: 0.5, centered: true, clipping: .value(0.1)),
          loss: .categoricalCrossEntropy)
      ),
      (
        "cosine",
        KerasTraining(
          optimizer: Adam(learningRate: .cosine(from: 0.01, steps: 10, alpha: 0.1, warmUpSteps: 4)),
          loss: .categoricalCrossEntropy)
      ),
    ] + otherOptimizers
  }

  /// Each other optimizer and loss once, and metrics.
  private static var otherOptimizers: [(String, KerasTraining)] {
    [
      (
        "adagrad",
        KerasTraining(
          optimizer: Adagrad(learningRate: .cosineRestarts(from: 0.01, firstSteps: 3), initialAccumulatorValue: 0.2),
          loss: .hinge,
          metrics: [.hinge, .squaredHinge, .categoricalHinge])
      ),
      (
        "adadelta",
        KerasTraining(
          optimizer: Adadelta(learningRate: 0.5, epsilon: 1e-4), loss: .logCosh,
          metrics: [.meanAbsoluteError, .meanSquaredError, RootMeanSquaredError(), .logCosh])
      ),
      (
        "adamax",
        KerasTraining(
          optimizer: Adamax(
            learningRate: .polynomial(from: 0.01, steps: 4, to: 1e-3, repeats: true), weightDecay: 0.01),
          loss: .categoricalFocalCrossEntropy(alpha: [0.2], gamma: 1.5),
          metrics: [Precision(threshold: 0.3), Recall(topK: 2, classID: 1), .f1Score(average: .weighted)])
      ),
      (
        "nadam",
        KerasTraining(
          optimizer: Nadam(learningRate: 0.01), loss: .klDivergence,
          metrics: [AUC(thresholds: [0.2, 0.6], curve: .pr), .klDivergence, .poisson])
      ),
      (
        "lion",
        KerasTraining(
          optimizer: Lion(learningRate: .inverseTime(from: 0.001, steps: 3, factor: 0.4), clipping: .norm(1)),
          loss: .meanAbsoluteError,
          metrics: [BinaryAccuracy(threshold: 0.4), .cosineSimilarity])
      ),
      (
        "lamb",
        KerasTraining(
          optimizer: LAMB(learningRate: 0.01), loss: .binaryFocalCrossEntropy(applyClassBalancing: true, gamma: 3),
          metrics: [.binaryCrossEntropy(labelSmoothing: 0.1), FBetaScore(average: .micro, beta: 2, threshold: 0.4)])
      ),
      (
        "amsgrad",
        KerasTraining(
          optimizer: Adam(
            learningRate: 0.01, amsgrad: true, average: WeightAverage(momentum: 0.8, overwriteFrequency: 2)),
          loss: .squaredHinge, metrics: [R2Score(aggregation: .varianceWeightedAverage)])
      ),
      (
        "accumulated",
        KerasTraining(
          optimizer: RMSprop(learningRate: 0.01, momentum: 0.4, gradientAccumulationSteps: 2), loss: .poisson,
          metrics: [.categoricalCrossEntropy(), .meanAbsolutePercentageError, .meanSquaredLogarithmicError])
      ),
      ("msle", KerasTraining(optimizer: SGD(), loss: .meanSquaredLogarithmicError, metrics: [])),
      ("huber", KerasTraining(optimizer: SGD(), loss: .huber(delta: 0.25), metrics: [])),
      ("cosine_similarity", KerasTraining(optimizer: SGD(), loss: .cosineSimilarity, metrics: [])),
      ("categorical_hinge", KerasTraining(optimizer: SGD(), loss: .categoricalHinge, metrics: [])),
    ]
  }

  private func checkReading(in folder: String) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
      ($0.hasSuffix(".keras") && !$0.hasSuffix(".trained.keras")) || ($0.hasSuffix(".h5") && !$0.contains("weights"))
    }
    #expect(names.count >= 12)
    for name in names {
      let model = try Model(contentsOf: "\(folder)/\(name)")
      let base = name.split(separator: ".")[0]
      try expectPredictions(of: model, "\(folder)/\(base)")
    }
    let model = try Sequential(contentsOf: "\(folder)/weights.keras")
    try model.loadWeights(from: "\(folder)/weights_more.weights.h5")
    try expectPredictions(of: model, "\(folder)/weights_more")
  }

  private func expectPredictions(of model: Model, _ path: String) throws {
    let x = try Tensor(npyFile: path + ".x.npy").permuted([0, 3, 1, 2])
    let expected = try Tensor(npyFile: path + ".y.npy")
    // Sums of some thousand products of numbers near 1, each rounded to 2⁻²⁴.
    #expect(deviation(model(x), from: expected) <= 1e-5, "\(path)")
  }

  /// Goes on with what Keras has trained for three steps.
  private func checkTraining(in folder: String) throws {
    for name in [
      "adam", "adamw", "sgd", "plain", "rmsprop", "cosine", "adagrad", "adadelta", "adamax", "nadam", "lion", "lamb",
      "amsgrad", "accumulated",
    ] {
      let path = "\(folder)/\(name).trained"
      // Old versions lack some optimizers.
      if !FileManager.default.fileExists(atPath: path + ".keras") { continue }
      let file = try KerasFile(contentsOf: path + ".keras")
      let training = try #require(file.training, "\(name)")
      #expect(training.optimizer.stepCount == 3 && training.metrics.count == 1)
      let task = TrainingTask(
        model: file.model, x: try Tensor(npyFile: path + ".x.npy").permuted([0, 3, 1, 2]),
        targets: try Tensor(npyFile: path + ".t.npy"))
      task.train(training)
      let expected = try Tensor(npyFile: path + ".y.npy")
      #expect(deviation(file.model(task.x), from: expected) <= 2e-5, "\(name)")
    }
  }
}

/// A small model with examples to train it on.
private struct TrainingTask {
  let model: Model
  let x: Tensor<Float>
  let targets: Tensor<Float>

  init(model: Model, x: Tensor<Float>, targets: Tensor<Float>) {
    (self.model, self.x, self.targets) = (model, x, targets)
  }

  init() throws {
    model = try Sequential(input: [2, 5, 6], seed: 5) {
      Conv2D(3, kernelSize: 2, activation: .tanh)
      BatchNorm()
      Flatten()
      Dense(3, activation: .softmax)
    }
    x = sampleInputs(for: model, count: 8)
    targets = Tensor(oneHot: Tensor<Float>([0, 1, 2, 0, 1, 2, 0, 0]), classCount: 3)
  }

  /// Three steps on all examples.
  func train(_ training: KerasTraining) {
    let context = Context(.training)
    for _ in 0..<3 {
      let loss = training.loss(model(Variable(x), context), targets)
      training.optimizer.update(model.parameters, with: loss.gradients())
    }
  }

  /// All weights as Keras's `get_weights` lists them.
  func kerasWeights(steps: Int) throws -> NPZ {
    let archive = try ZipReader(bytes: kerasBytes(of: model), path: "model.keras")
    let file = try HDF5Reader(bytes: archive.contents(of: "model.weights.h5", limit: 1 << 20), path: "weights.h5")
    var tensors = ["steps": Tensor(scalar: Float(steps))]
    for (key, count) in [("conv2d", 2), ("batch_normalization", 4), ("dense", 2)] {
      for number in 0..<count {
        let dataset = try file.dataset("layers/\(key)/vars/\(number)")
        tensors["\(tensors.count - 1)"] = Tensor(shape: Shape(dataset.shape), scalars: dataset.scalars)
      }
    }
    return NPZ(tensors: tensors)
  }
}
