import Optim
import Serialization

extension LearningRateSchedule {
  /// The schedule as Keras writes it: a number, or an object of `keras.optimizers.schedules`.
  ///
  /// - Throws: the problem for a schedule that Keras lacks.
  func json() throws(ModelFileError.Problem) -> JSON {
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
    case .cosineRestarts(let start, let firstSteps, let lengthening, let scaling, let alpha):
      return schedule(
        "CosineDecayRestarts",
        [
          "initial_learning_rate": .decimal(start), "first_decay_steps": JSON(firstSteps),
          "t_mul": .decimal(lengthening), "m_mul": .decimal(scaling), "alpha": .decimal(alpha),
        ])
    case .polynomial(let start, let steps, let end, let power, let repeats):
      return schedule(
        "PolynomialDecay",
        [
          "initial_learning_rate": .decimal(start), "decay_steps": JSON(steps), "end_learning_rate": .decimal(end),
          "power": .decimal(power), "cycle": .bool(repeats),
        ])
    case .inverseTime(let start, let steps, let factor, let staircase):
      return schedule(
        "InverseTimeDecay",
        [
          "initial_learning_rate": .decimal(start), "decay_steps": JSON(steps), "decay_rate": .decimal(factor),
          "staircase": .bool(staircase),
        ])
    case .oneCycle:
      throw .unsupported(found: "a learning rate of one cycle", expected: "a schedule that Keras has")
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
    "CosineDecayRestarts": cosineRestarts, "PolynomialDecay": polynomial, "InverseTimeDecay": inverseTime,
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
  private static func cosineRestarts(
    _ options: inout KerasOptions
  ) throws(ModelFileError.Problem) -> LearningRateSchedule {
    .cosineRestarts(
      from: try options.rate("initial_learning_rate"), firstSteps: try options.count("first_decay_steps"),
      lengthening: try options.double("t_mul", default: 2, in: 1..<Double.infinity),
      scaling: try options.double("m_mul", default: 1, in: 0..<1.nextUp),
      alpha: try options.double("alpha", default: 0, in: 0..<1.nextUp))
  }

  private static func polynomial(_ options: inout KerasOptions) throws(ModelFileError.Problem) -> LearningRateSchedule {
    .polynomial(
      from: try options.rate("initial_learning_rate"), steps: try options.count("decay_steps"),
      to: try options.double("end_learning_rate", default: 1e-4, in: 0..<Double.infinity),
      power: try options.double("power", default: 1, in: 0..<Double.infinity),
      repeats: try options.bool("cycle", default: false))
  }

  private static func inverseTime(_ options: inout KerasOptions) throws(ModelFileError.Problem) -> LearningRateSchedule
  {
    .inverseTime(
      from: try options.rate("initial_learning_rate"), steps: try options.count("decay_steps"),
      factor: try options.rate("decay_rate"), staircase: try options.bool("staircase", default: false))
  }
}
