import Data
import NN
import Optim
import Tensor
import TestSupport
import Testing
import Training

/// Callbacks that change the learning rate decide as Keras's do.
@Suite struct LearningRateCallbackTests {
  /// The rate at the end of each epoch.
  private func rates(
    _ epochs: Int, _ callback: any Callback, metrics: [any Metric] = [], optimizer: SGD = SGD(learningRate: 0.1)
  ) throws -> [Double] {
    var rates: [Double] = []
    try Toy.model().fit(
      Toy.data(), epochs: epochs, optimizer: optimizer, loss: .categoricalCrossEntropy, metrics: metrics,
      callbacks: [
        callback,
        ClosureCallback(epochEnded: { _, _ in
          rates.append(optimizer.currentLearningRate)
          return .proceed
        }),
      ], progress: .silent)
    return rates
  }

  /// Keras keeps the rate as a `Float`, of which each change rounds twice.
  private func expectEqual(_ found: [Double], _ expected: [Double], _ comment: String) {
    #expect(found.count == expected.count)
    for (epoch, (a, b)) in zip(found, expected).enumerated() {
      #expect(abs(a - b) <= b * 0x1p-23 * Double(epoch + 2), "\(comment), epoch \(epoch): \(a) and \(b)")
    }
  }

  @Test func plateausAreThoseOfKeras() throws {
    for example in try CallbackFixture.load().plateau {
      let options = example.options
      let callback = ReduceLearningRateOnPlateau(
        monitor: "given", mode: .min, factor: options.factor ?? 0.1, patience: options.patience,
        minimumChange: options.minDelta ?? 1e-4, cooldown: options.cooldown ?? 0, minimumRate: options.minLr ?? 0)
      let found = try rates(example.values.count, callback, metrics: [GivenMetric(values: example.values)])
      expectEqual(found, example.rates, "\(options)")
    }
  }

  @Test func aScheduleKeepsItsForm() throws {
    let optimizer = SGD(learningRate: .step(boundaries: [5], rates: [0.5, 0.25]))
    let callback = ReduceLearningRateOnPlateau(monitor: "given", mode: .max, factor: 0.5, patience: 2)
    _ = try rates(3, callback, metrics: [GivenMetric(values: [1, 1, .nan])], optimizer: optimizer)
    #expect(optimizer.learningRate == .step(boundaries: [5], rates: [0.25, 0.125]))
  }

  @Test func everyScheduleScales() {
    let schedules: [LearningRateSchedule] = [
      .constant(0.5), .step(boundaries: [3, 5], rates: [1, 0.5, 0.25]),
      .exponential(from: 0.5, steps: 3, factor: 0.5, staircase: true),
      .cosine(from: 0.5, steps: 7, alpha: 0.25, warmUpFrom: 0.125, warmUpSteps: 4),
    ]
    for schedule in schedules {
      let scaled = schedule.scaled(by: 0.25)
      for step in 0..<15 { #expect(scaled.rate(at: step) == schedule.rate(at: step) * 0.25) }
    }
  }

  @Test func aSchedulerDecidesAsThatOfKeras() throws {
    let scheduler = LearningRateScheduler { epoch, rate in epoch % 2 == 1 ? rate / 2 : rate }
    expectEqual(try rates(5, scheduler), try CallbackFixture.load().schedule, "scheduler")
  }

  @Test func wrongNumbersAreErrors() throws {
    for callback in [
      ReduceLearningRateOnPlateau(monitor: "loss", factor: 1),
      ReduceLearningRateOnPlateau(monitor: "loss", factor: -0.5),
      ReduceLearningRateOnPlateau(monitor: "loss", minimumRate: -.infinity), LearningRateScheduler { _, _ in .nan },
      LearningRateScheduler { _, _ in -1 },
    ] as [any Callback] {
      #expect(throws: FitError.self) { try rates(1, callback) }
    }
    let error = #expect(throws: FitError.self) { try rates(1, LearningRateScheduler { _, _ in -1 }) }
    #expect("\(try #require(error))".hasPrefix("LearningRateScheduler: the rate of epoch 0 is -1.0, a finite number"))
    #expect(throws: FitError.self) { try rates(1, ReduceLearningRateOnPlateau(monitor: "f1")) }
  }

  @Test func aRequestChangesTheNextStep() throws {
    let request = LearningRateRequest()
    var rates: [Double] = []
    let optimizer = SGD(learningRate: 0.5)
    try Toy.model().fit(
      Toy.data(32), batchSize: 8, optimizer: optimizer, loss: .categoricalCrossEntropy,
      callbacks: [
        ClosureCallback(batchEnded: { report in
          rates.append(report.learningRate)
          if report.step == 1 {
            request.scale(by: 0.5)
            request.scale(by: 0.5)
          }
          // What would be no rate changes nothing.
          if report.step == 2 { request.scale(by: -1) }
          if report.step == 3 { request.scale(by: .infinity) }
          return .proceed
        }), request,
      ], progress: .silent)
    #expect(rates == [0.5, 0.125, 0.125, 0.125])
  }

  @Test func aRequestAfterTheLastStepIsForNoOtherTraining() throws {
    let request = LearningRateRequest()
    let optimizer = SGD(learningRate: 0.5)
    let late = ClosureCallback(validationEnded: { _, _ in request.scale(by: 0.5) })
    for _ in 0..<2 {
      try Toy.model().fit(
        Toy.data(32), validation: Toy.data(16), optimizer: optimizer, loss: .categoricalCrossEntropy,
        callbacks: [request, late], progress: .silent)
    }
    #expect(optimizer.currentLearningRate == 0.5)
  }
}

/// A metric whose values are given, one for each epoch.
struct GivenMetric: Metric {
  var name = "given"
  var values: [Double]
  var epoch = -1
  var value: Double { values[max(epoch, 0)] }
  mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>) {}
  mutating func reset() { epoch += 1 }
}
