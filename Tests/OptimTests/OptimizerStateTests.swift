import Autograd
import Optim
import Tensor
import Testing

struct OptimizerStateTests {
  @Test func aRestoredOptimizerGoesOnAsTheOldOne() throws {
    let keras = try KerasRuns.load()
    let straight = keras.parameters()
    let interrupted = keras.parameters()
    var optimizers = [RMSprop(momentum: 0.5, centered: true), RMSprop(momentum: 0.5, centered: true)]
    for step in 0..<8 {
      if step == 4 {
        let slots = optimizers[1].slots(of: interrupted)
        optimizers[1] = RMSprop(momentum: 0.5, centered: true)
        try optimizers[1].restore(stepCount: step, slots: slots, of: interrupted)
      }
      optimizers[0].update(straight, with: keras.gradients(of: straight, step: step))
      optimizers[1].update(interrupted, with: keras.gradients(of: interrupted, step: step))
    }
    #expect(optimizers[1].stepCount == 8)
    #expect(straight.map(\.value) == interrupted.map(\.value))
  }

  /// A parameter that got a gradient in some steps only goes on with its own count.
  @Test func stepCountsAreRestored() throws {
    func train(interrupted: Bool) throws -> [Float] {
      let parameters = [Parameter(Tensor<Float>([1])), Parameter(Tensor<Float>([1]))]
      var optimizer = Adam(learningRate: 0.1)
      for step in 0..<10 {
        if interrupted && step == 6 {
          let restored = Adam(learningRate: 0.1)
          try restored.restore(
            stepCount: optimizer.stepCount, slots: optimizer.slots(of: parameters), of: parameters,
            stepCounts: optimizer.stepCounts(of: parameters))
          optimizer = restored
        }
        let loss = parameters[0].variable.squared().sum()
        let both = step % 4 == 3 ? loss + parameters[1].variable.squared().sum() : loss
        optimizer.update(parameters, with: both.gradients())
      }
      #expect(optimizer.stepCounts(of: parameters) == [10, 2])
      return parameters.flatMap(\.value.scalars)
    }
    #expect(try train(interrupted: true) == train(interrupted: false))
  }

  /// As in states that were saved without them.
  @Test func withoutStepCountsAllParametersHaveTheOptimizers() throws {
    let parameters = [Parameter(Tensor<Float>([1])), Parameter(Tensor<Float>([1]))]
    let optimizer = Adam()
    try optimizer.restore(stepCount: 7, slots: optimizer.slots(of: parameters), of: parameters)
    #expect(optimizer.stepCounts(of: parameters) == [7, 7])
  }

  @Test func slotsHaveTheParametersShapesAndAreZeroBeforeTheFirstStep() {
    let parameters = [Parameter(Tensor<Float>(ones: [2, 3])), Parameter(Tensor<Float>(ones: []))]
    let slots = Adam().slots(of: parameters)
    #expect(slots.count == 2)
    #expect(slots[0] == ["momentum": Tensor(zeros: [2, 3]), "velocity": Tensor(zeros: [2, 3])])
    #expect(slots[1]["velocity"]?.shape == [])
    #expect(SGD().slots(of: parameters) == [[:], [:]])
  }

  @Test func slotsAreNotChangedByLaterSteps() {
    let parameter = Parameter(Tensor<Float>([1]))
    let optimizer = SGD(learningRate: 1.0, momentum: 0.5)
    optimizer.update([parameter], with: parameter.variable.sum().gradients())
    let slots = optimizer.slots(of: [parameter])
    optimizer.update([parameter], with: parameter.variable.sum().gradients())
    #expect(slots[0]["momentum"]?.scalars == [-1])
    #expect(optimizer.slots(of: [parameter])[0]["momentum"]?.scalars == [-1.5])
  }

  @Test func refusesTheStateOfSomethingElse() throws {
    let parameter = Parameter(Tensor<Float>(ones: [2]))
    let optimizer = Adam()
    let slot = Tensor<Float>(ones: [2])
    func refusal(stepCount: Int = 1, _ slots: [[String: Tensor<Float>]]) -> OptimizerStateError? {
      #expect(throws: OptimizerStateError.self) {
        try optimizer.restore(stepCount: stepCount, slots: slots, of: [parameter])
      }
    }
    #expect(refusal(stepCount: -1, []) == .stepCount(found: -1))
    #expect(refusal([]) == .parameterCount(found: 0, expected: 1))
    #expect(
      refusal([["momentum": slot]])
        == .slotNames(parameter: 0, found: ["momentum"], expected: ["momentum", "velocity"]))
    let slots = [["momentum": slot, "velocity": slot]]
    for (counts, expected) in [
      ([2], OptimizerStateError.parameterStepCount(parameter: 0, found: 2, all: 1)),
      ([-1], .parameterStepCount(parameter: 0, found: -1, all: 1)), ([1, 1], .parameterCount(found: 2, expected: 1)),
    ] {
      #expect(throws: expected) {
        try optimizer.restore(stepCount: 1, slots: slots, of: [parameter], stepCounts: counts)
      }
    }
    let error = refusal([["momentum": slot, "velocity": Tensor(ones: [3])]])
    #expect(error == .shape(parameter: 0, slot: "velocity", found: [3], expected: [2]))
    #expect(
      error?.description == "optimizer state: slot velocity of parameter 0 has shape [3], the parameter [2]")
    #expect(optimizer.stepCount == 0)
    #expect(optimizer.slots(of: [parameter])[0]["momentum"]?.scalars == [0, 0])
  }
}
