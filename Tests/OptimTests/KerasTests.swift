import Autograd
import Optim
import Tensor
import Testing

/// Every optimizer and option against Keras, over 12 steps with gradients from 1e-7 to 30.
struct KerasTests {
  static let optimizers: [(String, @Sendable () -> any Optimizer)] = [
    ("SGD", { SGD() }),
    ("SGD momentum", { SGD(learningRate: 0.05, momentum: 0.9) }),
    ("SGD Nesterov", { SGD(learningRate: 0.05, momentum: 0.9, nesterov: true) }),
    (
      "SGD Nesterov, weight decay, cosine",
      {
        SGD(
          learningRate: .cosine(from: 0.1, steps: 6, alpha: 0.1, warmUpSteps: 4), momentum: 0.8, nesterov: true,
          weightDecay: 0.01)
      }
    ),
    ("RMSprop", { RMSprop() }),
    ("RMSprop momentum", { RMSprop(learningRate: 0.01, rho: 0.8, momentum: 0.7) }),
    ("RMSprop centered", { RMSprop(learningRate: 0.01, centered: true) }),
    (
      "RMSprop centered, momentum, weight decay",
      { RMSprop(learningRate: 0.01, momentum: 0.5, epsilon: 1e-5, centered: true, weightDecay: 0.02) }
    ),
    ("Adam", { Adam() }),
    ("Adam large", { Adam(learningRate: 0.1, beta1: 0.8, beta2: 0.95, epsilon: 1e-4) }),
    ("Adam weight decay", { Adam(learningRate: 0.01, weightDecay: 0.1) }),
    ("Adam exponential", { Adam(learningRate: .exponential(from: 0.1, steps: 4, factor: 0.5, staircase: true)) }),
    ("AdamW", { AdamW() }),
    ("AdamW large", { AdamW(learningRate: 0.1, weightDecay: 0.05) }),
    ("Adam clipped by value", { Adam(learningRate: 0.01, clipping: .value(0.5)) }),
    ("SGD clipped by value", { SGD(clipping: .value(0.5)) }),
    ("SGD clipped by norm", { SGD(clipping: .norm(2)) }),
    ("SGD clipped by global norm", { SGD(clipping: .globalNorm(2)) }),
    ("SGD momentum, clipped by large global norm", { SGD(momentum: 0.9, clipping: .globalNorm(1e6)) }),
  ]

  @Test func everyRunHasItsTest() throws {
    #expect(try Set(KerasRuns.load().runs.keys) == Set(Self.optimizers.map(\.0)))
  }

  @Test(arguments: optimizers)
  func stepsAgree(name: String, make: @Sendable () -> any Optimizer) throws {
    let keras = try KerasRuns.load()
    let run = try #require(keras.runs[name])
    let parameters = keras.parameters()
    let optimizer = make()
    for step in run.after.indices {
      optimizer.update(parameters, with: keras.gradients(of: parameters, step: step))
      for (parameter, expected) in zip(parameters, run.after[step]) {
        #expect(error(of: parameter.value, expected) <= tolerance, "step \(step)")
      }
    }
    #expect(optimizer.stepCount == run.after.count)
    for (slots, expected) in zip(optimizer.slots(of: parameters), run.slots) {
      #expect(Set(slots.keys) == Set(expected.keys))
      for (name, slot) in slots {
        #expect(try error(of: slot, #require(expected[name])) <= tolerance, "slot \(name)")
      }
    }
  }

  /// Most runs agree to the bit. Where C libraries differ in the last place of a power or a cosine, the rate is wrong by
  /// 1.5e-5 of it at most (√(1 - 0.999²) at rate 0.1: 12 units of 2⁻²³); 12 roundings of the weights come on top.
  private let tolerance: Float = 24 * 0x1p-23
}
