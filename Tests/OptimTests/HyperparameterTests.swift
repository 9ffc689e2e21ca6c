import Optim
import TestSupport
import Testing

/// A number outside its range stops the program where the optimizer is made.
struct HyperparameterTests {
  @Test func learningRate() async {
    let negative = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Adam(learningRate: -0.1)
    }
    expectMessage("Adam: constant(-0.1) is no learning rate", in: negative)
    await #expect(processExitsWith: .failure) { _ = SGD(learningRate: .constant(.nan)) }
    await #expect(processExitsWith: .failure) { _ = RMSprop(learningRate: .constant(.infinity)) }
  }

  @Test func schedules() async {
    await #expect(processExitsWith: .failure) { _ = SGD(learningRate: .step(boundaries: [1, 2], rates: [0.1, 0.2])) }
    await #expect(processExitsWith: .failure) { _ = SGD(learningRate: .step(boundaries: [2, 2], rates: [1, 2, 3])) }
    await #expect(processExitsWith: .failure) { _ = SGD(learningRate: .exponential(from: 1, steps: 0, factor: 1)) }
    await #expect(processExitsWith: .failure) { _ = SGD(learningRate: .cosine(from: 1, steps: 0)) }
    await #expect(processExitsWith: .failure) { _ = SGD(learningRate: .cosine(from: 1, steps: 9, alpha: 2)) }
    let rate = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LearningRateSchedule.step(boundaries: [1], rates: []).rate(at: 0)
    }
    expectMessage("rate: step(boundaries: [1], rates: []) is no learning rate", in: rate)
  }

  @Test func shares() async {
    let beta = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Adam(beta1: 1.5)
    }
    expectMessage("Adam: beta1 is 1.5, a number in 0..<1 is needed", in: beta)
    await #expect(processExitsWith: .failure) { _ = AdamW(beta2: 1) }
    await #expect(processExitsWith: .failure) { _ = SGD(momentum: -0.1) }
    await #expect(processExitsWith: .failure) { _ = RMSprop(rho: 1) }
    await #expect(processExitsWith: .failure) { _ = RMSprop(momentum: 1.1) }
  }

  @Test func epsilonWeightDecayAndClipping() async {
    await #expect(processExitsWith: .failure) { _ = Adam(epsilon: -1e-7) }
    await #expect(processExitsWith: .failure) { _ = RMSprop(epsilon: .nan) }
    let decay = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = AdamW(weightDecay: -1)
    }
    expectMessage("AdamW: weightDecay is -1.0, at least 0 is needed", in: decay)
    let clipping = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = SGD(clipping: .norm(0))
    }
    expectMessage("SGD: clipping is norm(0.0), a number above 0 is needed", in: clipping)
  }

  @Test func aScheduleSetLaterIsCheckedAtTheStep() async {
    await #expect(processExitsWith: .failure) {
      let optimizer = SGD()
      optimizer.learningRate = .constant(-1)
      optimizer.update([], with: .init())
    }
  }
}
