import Optim
import Serialization

extension LearningRateSchedule {
  /// The schedule as Keras writes it: a number, or an object of `keras.optimizers.schedules`.
  var json: JSON {
    func schedule(_ name: String, _ options: [String: JSON]) -> JSON {
      JSON(kerasObject: name, of: "keras.optimizers.schedules", options)
    }
    switch self {
    case .constant(let rate):
      return .decimal(rate)
    case .step(let boundaries, let rates):
      return schedule(
        "PiecewiseConstantDecay",
        ["boundaries": .array(boundaries.map { JSON($0) }), "values": .array(rates.map { .decimal($0) })])
    case .exponential(let start, let steps, let factor, let staircase):
      return schedule(
        "ExponentialDecay",
        [
          "initial_learning_rate": .decimal(start), "decay_steps": JSON(steps), "decay_rate": .decimal(factor),
          "staircase": .bool(staircase),
        ])
    case .cosine(let start, let steps, let alpha, let warmUpStart, let warmUpSteps):
      let warmsUp = warmUpSteps > 0
      return schedule(
        "CosineDecay",
        [
          "initial_learning_rate": .decimal(warmsUp ? warmUpStart : start), "decay_steps": JSON(steps),
          "alpha": .decimal(alpha), "warmup_target": warmsUp ? .decimal(start) : nil, "warmup_steps": JSON(warmUpSteps),
        ])
    }
  }

  /// Reads what Keras writes as a learning rate.
  init(keras json: JSON?, default fallback: LearningRateSchedule) throws(ModelFileError.Problem) {
    switch json {
    case nil, .null:
      self = fallback
    case .number(let rate):
      self = .constant(rate)
    case let json?:
      if let foreign = json.foreignClass { throw .unsupported(found: foreign, expected: "a schedule of Keras") }
      guard let kind = json["class_name"]?.text, let reader = Self.readers[kind],
        let table = KerasTables.schedules[kind]
      else {
        throw .unsupported(
          found: "the learning rate \(json)",
          expected: "a number, " + Self.readers.keys.sorted().joined(separator: ", "))
      }
      var options = KerasOptions(of: json, table, for: .training)
      self = try reader(&options)
      _ = try options.finish()
    }
    guard isSound else { throw .damaged("the learning rate \(self)") }
  }

  private typealias Reader =
    @Sendable (inout KerasOptions) throws(ModelFileError.Problem) -> LearningRateSchedule

  private static let readers: [String: Reader] = [
    "PiecewiseConstantDecay": piecewise, "ExponentialDecay": exponential, "CosineDecay": cosine,
  ]

  private static func piecewise(_ options: inout KerasOptions) throws(ModelFileError.Problem) -> LearningRateSchedule {
    let boundaries = try options.numbers("boundaries").map { Int(exactly: $0) }
    guard !boundaries.contains(nil) else {
      throw .unsupported(found: "boundaries between two steps", expected: "whole numbers")
    }
    return .step(boundaries: boundaries.compactMap(\.self), rates: try options.numbers("values"))
  }

  private static func exponential(_ options: inout KerasOptions) throws(ModelFileError.Problem) -> LearningRateSchedule
  {
    .exponential(
      from: try options.rate("initial_learning_rate"), steps: try options.count("decay_steps"),
      factor: try options.rate("decay_rate"), staircase: try options.bool("staircase", default: false))
  }

  private static func cosine(_ options: inout KerasOptions) throws(ModelFileError.Problem) -> LearningRateSchedule {
    let start = try options.rate("initial_learning_rate")
    let steps = try options.count("decay_steps")
    let alpha = try options.double("alpha", default: 0, in: 0..<1.nextUp)
    let target = try options.double("warmup_target", default: -1, in: 0..<Double.infinity)
    let warmUpSteps = options.take("warmup_steps")?.count ?? 0
    guard target >= 0, warmUpSteps > 0 else { return .cosine(from: start, steps: steps, alpha: alpha) }
    return .cosine(from: target, steps: steps, alpha: alpha, warmUpFrom: start, warmUpSteps: warmUpSteps)
  }
}
