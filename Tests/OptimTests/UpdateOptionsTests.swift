import Autograd
import Optim
import Tensor
import TestSupport
import Testing

/// Scales, decay exclusions, averages and accumulation.
struct UpdateOptionsTests {
  private static let names = ["backbone.conv.weight", "backbone.conv.bias", "backbone2.weight", "head.bias"]

  private func model() -> [(name: String, parameter: Parameter)] {
    zip(Self.names, [[1, 2], [2], [1, 2], [2]] as [Shape]).map { ($0, Parameter(Tensor(ones: $1))) }
  }

  private func ones(for parameters: [(name: String, parameter: Parameter)]) -> Gradients<Float> {
    var gradients = Gradients<Float>()
    for (_, parameter) in parameters { gradients[parameter] = Tensor(ones: parameter.value.shape) }
    return gradients
  }

  private func firsts(_ parameters: [(name: String, parameter: Parameter)]) -> [Float] {
    parameters.map { $0.parameter.value.scalars[0] }
  }

  @Test func scalesBelongToPathsAndTheLongestHolds() {
    let parameters = model()
    let optimizer = SGD(learningRate: 0.5, scales: ["backbone": 0.5, "backbone.conv.bias": 0, "head.bias": 2])
    optimizer.update(parameters, with: ones(for: parameters))
    #expect(firsts(parameters) == [0.75, 1, 0.5, 0])
  }

  @Test func decayIsScaledAndExcluded() {
    let parameters = model()
    let optimizer = SGD(
      learningRate: 1, weightDecay: 0.5, scales: ["head": 0.5], decayExclusions: ["conv", "backbone2.weight"])
    var none = Gradients<Float>()
    for (_, parameter) in parameters { none[parameter] = Tensor(zeros: parameter.value.shape) }
    optimizer.update(parameters, with: none)
    #expect(firsts(parameters) == [1, 1, 1, 0.75])
    // By the number of axes, which needs no names.
    let vectors = SGD(learningRate: 1, weightDecay: 0.5, decayExclusions: [.vectors])
    vectors.update(parameters.map(\.parameter), with: none)
    #expect(firsts(parameters) == [0.5, 1, 0.5, 0.75])
  }

  @Test func unknownPathsAreFound() throws {
    let parameters = model()
    let error = try #require(throws: UpdateOptionsError.self) { try SGD(scales: ["back": 0.1]).check(parameters) }
    #expect(
      "\(error)" == "scales: no parameter belongs to \"back\"; the parameters are " + Self.names.joined(separator: ", ")
    )
    #expect(throws: UpdateOptionsError.self) { try SGD(decayExclusions: ["weights"]).check(parameters) }
    try SGD(scales: ["head": 0.1], decayExclusions: ["bias", .vectors]).check(parameters)
  }

  @Test func stopsWithoutNamesAndAtUnknownOnes() async {
    let nameless = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      SGD(scales: ["head": 0.1]).update([Parameter(Tensor<Float>([1]))], with: .init())
    }
    expectMessage("SGD: scales and decay exclusions go by the names of the parameters", in: nameless)
    let unknown = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      SGD(decayExclusions: ["head"]).update([(name: "tail", parameter: Parameter(Tensor<Float>([1])))], with: .init())
    }
    expectMessage("SGD: decayExclusions: no parameter belongs to \"head\"; the parameters are tail", in: unknown)
    let scale = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Adam(scales: ["head": -1])
    }
    expectMessage("Adam: scales[\"head\"] is -1.0, at least 0 is needed", in: scale)
    await #expect(processExitsWith: .failure) { _ = Lion(beta1: 0) }
    await #expect(processExitsWith: .failure) { _ = Adagrad(initialAccumulatorValue: -1) }
    await #expect(processExitsWith: .failure) { _ = LAMB(gradientAccumulationSteps: 0) }
    await #expect(processExitsWith: .failure) { _ = Nadam(average: WeightAverage(momentum: 1.5)) }
    await #expect(processExitsWith: .failure) { _ = Adamax(average: WeightAverage(overwriteFrequency: 0)) }
    await #expect(processExitsWith: .failure) { Adadelta().applyAverages(to: []) }
  }

  /// The mean gradient of four quarters is that of the whole.
  @Test func accumulationMakesTheStepsOfOneLargeBatch() {
    func train(parts: Int) -> [Float] {
      var generator = RandomGenerator(seed: 5)
      let parameters = [[3, 2], [2]].map { Parameter(Tensor<Float>(normal: Shape($0), using: &generator)) }
      let inputs = Tensor<Float>(normal: [8, 3], using: &generator)
      let optimizer = Adam(learningRate: 0.1, clipping: .norm(0.5), gradientAccumulationSteps: parts)
      for _ in 0..<6 {
        for part in 0..<parts {
          let rows = Variable(inputs[part * 8 / parts..<(part + 1) * 8 / parts])
          let loss = (rows.matmul(parameters[0].variable) + parameters[1].variable).squared().mean()
          #expect(optimizer.update(parameters, with: loss.gradients()).isEmpty)
        }
      }
      #expect(optimizer.stepCount == 6 * parts && optimizer.stepCounts(of: parameters) == [6, 6])
      return parameters.flatMap(\.value.scalars)
    }
    let whole = train(parts: 1)
    for parts in [2, 4] {
      // A few roundings of the sums in each of six steps.
      #expect(error(of: Tensor(train(parts: parts)), whole) < 1e-5)
    }
  }

  /// A parameter whose only gradient comes in the first of two batches moves by half of it.
  @Test func aGradientOfAnyBatchCounts() {
    let (both, early) = (Parameter(Tensor<Float>([1])), Parameter(Tensor<Float>([1])))
    let optimizer = SGD(learningRate: 1, gradientAccumulationSteps: 2)
    let first = (both.variable + early.variable).sum().gradients()
    #expect(optimizer.update([both, early], with: first).isEmpty)
    #expect(both.value.scalars == [1] && early.value.scalars == [1])
    #expect(optimizer.update([both, early], with: both.variable.sum().gradients()).count == 1)
    #expect(both.value.scalars == [0] && early.value.scalars == [0.5])
    optimizer.update([both, early], with: both.variable.sum().gradients())
    optimizer.update([both, early], with: both.variable.sum().gradients())
    #expect(both.value.scalars == [-1] && early.value.scalars == [0.5])
  }

  @Test func averagesAreSwappedInAndOut() throws {
    let parameter = Parameter(Tensor<Float>([8]))
    let optimizer = SGD(learningRate: 1, average: WeightAverage(momentum: 0.5))
    #expect(optimizer.withAverages(of: [parameter]) { parameter.value.scalars } == [8])
    for _ in 0..<3 { optimizer.update([parameter], with: (parameter.variable * 2).sum().gradients()) }
    // 6, then (6 + 4) / 2, then (5 + 2) / 2.
    #expect(parameter.value.scalars == [2])
    #expect(optimizer.withAverages(of: [parameter]) { parameter.value.scalars } == [3.5])
    struct Failure: Error {}
    #expect(throws: Failure.self) { try optimizer.withAverages(of: [parameter]) { throw Failure() } }
    #expect(parameter.value.scalars == [2])
    optimizer.applyAverages(to: [parameter])
    #expect(parameter.value.scalars == [3.5])
  }

  /// A sum of shares of one number is rounded; a frozen parameter must keep its bits.
  @Test func aFrozenParameterIsItsOwnAverage() {
    let (frozen, trained) = (Parameter(Tensor<Float>([0.1, 0.7, 3])), Parameter(Tensor<Float>([1])))
    frozen.isTrainable = false
    let optimizer = SGD(learningRate: 0.1, average: WeightAverage(momentum: 0.9, overwriteFrequency: 3))
    for _ in 0..<50 { optimizer.update([frozen, trained], with: (trained.variable * 2).sum().gradients()) }
    optimizer.applyAverages(to: [frozen, trained])
    #expect(frozen.value.scalars == [0.1, 0.7, 3])
  }

  /// Interrupted between two batches of one step.
  @Test func stateHoldsAveragesAndAccumulatedGradients() throws {
    func make() -> Adagrad {
      Adagrad(learningRate: 0.1, average: WeightAverage(momentum: 0.9), gradientAccumulationSteps: 3)
    }
    func train(interrupted: Bool) throws -> [Tensor<Float>] {
      let parameters = [Parameter(Tensor<Float>([1, -2])), Parameter(Tensor<Float>([3]))]
      var optimizer = make()
      for step in 0..<8 {
        if interrupted && step == 5 {
          let restored = make()
          try restored.restore(
            stepCount: optimizer.stepCount, slots: optimizer.slots(of: parameters), of: parameters,
            stepCounts: optimizer.stepCounts(of: parameters))
          optimizer = restored
        }
        let loss = parameters.map { ($0.variable * $0.variable).sum() }.reduce(Variable(Tensor(zeros: []))) { $0 + $1 }
        optimizer.update(parameters, with: loss.gradients())
      }
      return parameters.map(\.value)
        + optimizer.slots(of: parameters).flatMap { slots in
          optimizer.storedSlotNames.compactMap { slots[$0] }
        }
    }
    #expect(make().storedSlotNames == ["accumulator", "average", "gradient_accumulator"])
    #expect(make().slots(of: [Parameter(Tensor<Float>([4]))])[0]["accumulator"]?.scalars == [0.1])
    #expect(try train(interrupted: true) == train(interrupted: false))
  }

  /// More elements than one chunk has; LAMB sums over all of them.
  @Test func bitsDoNotDependOnTheThreadCount() {
    let makers: [() -> any Optimizer] = [
      { LAMB(weightDecay: 0.1, average: WeightAverage()) }, { Nadam(gradientAccumulationSteps: 2) }, { Lion() },
      { Adadelta() }, { Adamax() }, { Adagrad() }, { Adam(amsgrad: true) },
    ]
    for make in makers {
      let results = resultsOnEveryThreadCount {
        var generator = RandomGenerator(seed: 3)
        let parameters = [50_003, 3].map { Parameter(Tensor(normal: [$0], using: &generator)) }
        let optimizer = make()
        for _ in 0..<2 {
          var gradients = Gradients<Float>()
          for parameter in parameters {
            gradients[parameter] = Tensor(normal: parameter.value.shape, using: &generator)
          }
          optimizer.update(parameters, with: gradients)
        }
        return parameters.map(\.value)
          + optimizer.slots(of: parameters).flatMap { $0.sorted { $0.key < $1.key }.map(\.value) }
      }
      #expect(results.allSatisfy { $0 == results[0] })
    }
  }

  @Test func aRuleReadsTheElement() {
    let parameter = Parameter(Tensor<Float>([4, -2]))
    Halving().update([parameter], with: parameter.variable.sum().gradients())
    // Weight decay takes a half, the rule half of the rest.
    #expect(parameter.value.scalars == [1, -0.5])
  }
}

private final class Halving: Optimizer {
  var learningRate: LearningRateSchedule = 1
  let weightDecay = 0.5
  var state = OptimizerState()
  let slotNames: [String] = []

  func updateElements(_ range: Range<Int>, in step: ParameterStep) {
    for index in range { step.move(index, by: -step.value(at: index) / 2) }
  }
}
