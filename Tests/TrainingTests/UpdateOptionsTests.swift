import NN
import Optim
import Tensor
import Testing
import Training

/// What `fit` does with the options of an optimizer.
struct UpdateOptionsTests {
  @Test func pathsWithoutParametersThrow() throws {
    let model = try Toy.model()
    let before = model.state
    for optimizer in [SGD(scales: ["backbone": 0.1]), SGD(decayExclusions: ["norm"])] {
      #expect(throws: UpdateOptionsError.self) {
        try model.fit(Toy.data(), optimizer: optimizer, loss: .categoricalCrossEntropy, progress: .silent)
      }
    }
    #expect(model.state == before)
  }

  @Test func scalesGoByTheNamesOfTheModel() throws {
    let model = try Toy.model()
    let before = model.state
    try model.fit(
      Toy.data(), optimizer: SGD(scales: ["dense": 0]), loss: .categoricalCrossEntropy, progress: .silent)
    for (name, value) in model.state { #expect((value == before[name]) == name.hasPrefix("dense."), "\(name)") }
  }

  /// As in Keras, a training ends with the averages. Validation measures the weights themselves.
  @Test func aTrainingEndsWithTheAverages() throws {
    let (model, plain) = (try Toy.model(), try Toy.model())
    let optimizer = Adam(learningRate: 0.01, average: WeightAverage(momentum: 0.9))
    let history = try model.fit(
      Toy.data(), validation: Toy.data(32, stream: 2), epochs: 2, optimizer: optimizer,
      loss: .categoricalCrossEntropy, progress: .silent)
    let same = try plain.fit(
      Toy.data(), validation: Toy.data(32, stream: 2), epochs: 2, optimizer: Adam(learningRate: 0.01),
      loss: .categoricalCrossEntropy, progress: .silent)
    #expect(history == same)
    #expect(model.state != plain.state)
    #expect(model.parameters.map(\.value) == optimizer.slots(of: model.parameters).compactMap { $0["average"] })
  }

  @Test func accumulatedBatchesMakeTheStepsOfALargeOne() throws {
    let (whole, parts) = (try Toy.model(), try Toy.model())
    try whole.fit(
      Toy.data(), epochs: 3, batchSize: 32, optimizer: Adam(learningRate: 0.01), loss: .categoricalCrossEntropy,
      shuffle: false, progress: .silent)
    let optimizer = Adam(learningRate: 0.01, gradientAccumulationSteps: 4)
    try parts.fit(
      Toy.data(), epochs: 3, batchSize: 8, optimizer: optimizer, loss: .categoricalCrossEntropy, shuffle: false,
      progress: .silent)
    #expect(optimizer.stepCount == 24)
    for (name, value) in whole.state {
      // Six steps of 0.01 at most, each wrong by some roundings of the gradients.
      let difference = try #require(parts.state[name]) - value
      #expect(difference.absolute().max().scalar < 1e-5, "\(name)")
    }
  }
}
