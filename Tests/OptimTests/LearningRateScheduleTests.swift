import Foundation
import Optim
import Testing

struct LearningRateScheduleTests {
  static let schedules: [(String, LearningRateSchedule)] = [
    ("step", .step(boundaries: [3, 7, 20], rates: [0.1, 0.05, 0.02, 0.001])),
    ("exponential", .exponential(from: 0.1, steps: 10, factor: 0.5)),
    ("exponential staircase", .exponential(from: 0.1, steps: 10, factor: 0.5, staircase: true)),
    ("cosine", .cosine(from: 0.1, steps: 30)),
    ("cosine alpha", .cosine(from: 0.1, steps: 30, alpha: 0.1)),
    ("cosine warm-up", .cosine(from: 0.2, steps: 20, alpha: 0.05, warmUpFrom: 0.01, warmUpSteps: 8)),
    ("restarts", .cosineRestarts(from: 0.1, firstSteps: 5)),
    ("restarts scaled", .cosineRestarts(from: 0.1, firstSteps: 6, lengthening: 1.5, scaling: 0.8, alpha: 0.1)),
    ("restarts alike", .cosineRestarts(from: 0.1, firstSteps: 8, lengthening: 1, scaling: 0.5)),
    ("line", .polynomial(from: 0.1, steps: 30, to: 0.01)),
    ("polynomial", .polynomial(from: 0.1, steps: 20, power: 2.5)),
    ("polynomial repeated", .polynomial(from: 0.1, steps: 9, to: 0.02, power: 0.5, repeats: true)),
    ("inverse time", .inverseTime(from: 0.1, steps: 7, factor: 0.6)),
    ("inverse time staircase", .inverseTime(from: 0.1, steps: 7, factor: 0.6, staircase: true)),
  ]

  /// Keras computes in single precision: five roundings of numbers up to the largest rate.
  @Test(arguments: schedules)
  func agreesWithKeras(name: String, schedule: LearningRateSchedule) throws {
    let keras = try JSONDecoder().decode([String: [Double]].self, from: fixture("schedules.json"))
    #expect(keras.count == Self.schedules.count)
    let rates = try #require(keras[name])
    let tolerance = 5 * 0x1p-24 * (rates.max() ?? 0)
    for (step, rate) in rates.enumerated() {
      #expect(abs(schedule.rate(at: step) - rate) <= tolerance, "step \(step)")
    }
  }

  @Test func aNumberIsConstant() {
    let schedule: LearningRateSchedule = 0.25
    #expect(schedule == .constant(0.25))
    #expect((2 as LearningRateSchedule) == .constant(2))
    #expect(schedule.rate(at: 0) == 0.25 && schedule.rate(at: 1_000_000) == 0.25)
  }

  @Test func cosineEndsAtAlphaAndStaysThere() {
    let schedule = LearningRateSchedule.cosine(from: 0.5, steps: 10, alpha: 0.25, warmUpSteps: 5)
    #expect(schedule.rate(at: 0) == 0)
    #expect(schedule.rate(at: 5) == 0.5)
    #expect(schedule.rate(at: 15) == 0.125)
    #expect(schedule.rate(at: 1_000) == 0.125)
  }

  /// A checkpoint may hold any of them.
  @Test(arguments: [
    LearningRateSchedule.step(boundaries: [.min, .max], rates: [1, 0.5, 0.25]),
    .exponential(from: 1, steps: .max, factor: 0.5),
    .cosine(from: 1, steps: .max, warmUpSteps: .max), .cosineRestarts(from: 1, firstSteps: .max),
    .cosineRestarts(from: 1, firstSteps: 1, lengthening: 1.nextUp),
    .cosineRestarts(from: 1, firstSteps: 1, lengthening: .greatestFiniteMagnitude),
    .cosineRestarts(from: 1, firstSteps: 1, lengthening: 1), .polynomial(from: 1, steps: .max, repeats: true),
    .polynomial(from: 1, steps: 1, repeats: true), .inverseTime(from: 1, steps: .max, factor: 0.5),
    .oneCycle(peak: 1, steps: .max),
  ])
  func everyStepOfASoundScheduleHasARate(schedule: LearningRateSchedule) {
    for step in [0, 1, 2, 1_000_000_007, .max - 1, .max] {
      #expect((0...1).contains(schedule.rate(at: step)), "step \(step)")
    }
  }

  /// The rates of `torch.optim.lr_scheduler.OneCycleLR(total_steps=…)` in PyTorch 2.15, with `max_lr=0.1` and its defaults, and
  /// with `max_lr=0.4, pct_start=0.5, div_factor=10, final_div_factor=100`.
  @Test func oneCycleIsThatOfPyTorch() {
    let usual = [
      0.0040000000000000036, 0.013167184270002533, 0.037167184270002526, 0.06683281572999747, 0.09083281572999748, 0.1,
      0.09874640062350874, 0.09504846320134738, 0.089091617757105, 0.0811745653949763, 0.07169430017913009,
      0.06112620219362893, 0.0500002, 0.03887419780637107, 0.028306099820869922, 0.0188258346050237,
      0.010908782242895003,
      0.004951936798652629, 0.0012539993764912555, 4e-07,
    ]
    let late = [
      0.03999999999999998, 0.09272077938642143, 0.22, 0.3472792206135786, 0.4, 0.3618415954761145, 0.2619415954761145,
      0.13845840452388553, 0.03855840452388552, 0.0004,
    ]
    let schedules: [(LearningRateSchedule, [Double])] = [
      (.oneCycle(peak: 0.1, steps: 20), usual),
      (.oneCycle(peak: 0.4, steps: 10, warmUp: 0.5, startDivisor: 10, endDivisor: 100), late),
    ]
    for (schedule, rates) in schedules {
      for (step, rate) in rates.enumerated() { #expect(abs(schedule.rate(at: step) - rate) <= 1e-15, "step \(step)") }
      #expect(schedule.rate(at: rates.count + 100) == schedule.rate(at: rates.count - 1))
    }
    #expect(LearningRateSchedule.oneCycle(peak: 1, steps: 1, endDivisor: 2).rate(at: 0) == 0.02)
    #expect(LearningRateSchedule.oneCycle(peak: 1, steps: 4, warmUp: 1).rate(at: 3) == 1)
  }
}
