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
    let error = refusal([["momentum": slot, "velocity": Tensor(ones: [3])]])
    #expect(error == .shape(parameter: 0, slot: "velocity", found: [3], expected: [2]))
    #expect(
      error?.description == "optimizer state: slot velocity of parameter 0 has shape [3], the parameter [2]")
    #expect(optimizer.stepCount == 0)
    #expect(optimizer.slots(of: [parameter])[0]["momentum"]?.scalars == [0, 0])
  }
}
