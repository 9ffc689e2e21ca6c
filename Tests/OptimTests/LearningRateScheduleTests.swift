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
}
