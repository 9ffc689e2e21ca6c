import Autograd
import Optim
import Serialization
import Tensor

/// An optimizer that Keras has too.
protocol KerasOptimizer: Optimizer {
  /// The name of Keras's class.
  var kerasClass: String { get }

  /// The options beside those that all optimizers have.
  var kerasOptions: [String: JSON] { get }

  /// The slots in the order of Keras's file, in groups: the slots of a group stand side by side for each parameter, and one
  /// group of all parameters stands before the next.
  var kerasSlotGroups: [[String]] { get }

  /// What Keras keeps behind the slots, in single numbers.
  var kerasScalars: [Float] { get }
}

extension KerasOptimizer {
  var kerasSlotGroups: [[String]] { [slotNames] }
  var kerasScalars: [Float] { [] }
}

/// What all optimizers of Keras have in common.
struct KerasOptimizerOptions {
  let learningRate: LearningRateSchedule
  let weightDecay: Double
  let clipping: GradientClipping?
  let average: WeightAverage?
  let gradientAccumulationSteps: Int

  /// Takes the common options.
  init(_ options: inout KerasOptions, learningRate: LearningRateSchedule) throws(ModelFileError.Problem) {
    self.learningRate = try LearningRateSchedule(keras: options.take("learning_rate"), default: learningRate)
    weightDecay = try options.double("weight_decay", default: 0, in: 0..<Double.infinity)
    var clippings: [GradientClipping] = []
    for (key, make) in KerasOptimizerOptions.clippings {
      let bound = try options.double(key, default: 0, in: 0..<Double.infinity)
      if bound > 0 { clippings.append(make(bound)) }
    }
    guard clippings.count <= 1 else { throw .unsupported(found: "two kinds of clipping", expected: "one") }
    clipping = clippings.first
    let momentum = try options.double("ema_momentum", default: 0.99, in: 0..<1.nextUp)
    let frequency = try options.optionalCount("ema_overwrite_frequency")
    average =
      try options.bool("use_ema", default: false)
      ? WeightAverage(momentum: momentum, overwriteFrequency: frequency) : nil
    gradientAccumulationSteps = try options.optionalCount("gradient_accumulation_steps") ?? 1
  }

  private static let clippings: [(key: String, make: @Sendable (Double) -> GradientClipping)] = [
    ("clipvalue", { .value($0) }), ("clipnorm", { .norm($0) }), ("global_clipnorm", { .globalNorm($0) }),
  ]

  /// The common options of an optimizer as Keras writes them.
  ///
  /// - Throws: the problem where Keras's configuration has no place for an option.
  static func json(of optimizer: some KerasOptimizer) throws(ModelFileError.Problem) -> [String: JSON] {
    for (name, isUsed) in [
      ("scales", !optimizer.options.scales.isEmpty), ("decayExclusions", !optimizer.options.decayExclusions.isEmpty),
    ] where isUsed {
      throw .unsupported(found: "the option \(name) of \(type(of: optimizer))", expected: "options that Keras has")
    }
    var options: [String: JSON] = [
      "learning_rate": try optimizer.learningRate.json(),
      // Keras takes null for none, but for AdamW.
      "weight_decay": optimizer.weightDecay > 0 || optimizer is AdamW ? .decimal(optimizer.weightDecay) : nil,
    ]
    switch optimizer.clipping {
    case nil: break
    case .value(let bound): options["clipvalue"] = .decimal(bound)
    case .norm(let bound): options["clipnorm"] = .decimal(bound)
    case .globalNorm(let bound): options["global_clipnorm"] = .decimal(bound)
    }
    if let average = optimizer.options.average {
      options["use_ema"] = true
      options["ema_momentum"] = .decimal(average.momentum)
      options["ema_overwrite_frequency"] = average.overwriteFrequency.map { JSON($0) }
    }
    let steps = optimizer.options.gradientAccumulationSteps
    if steps > 1 { options["gradient_accumulation_steps"] = JSON(steps) }
    return options
  }
}

/// What is read: how each optimizer of Keras becomes one of Kilim. Keras's `"adam"` stands for `Adam` with defaults.
enum KerasOptimizers {
  typealias Reader = @Sendable (inout KerasOptions) throws(ModelFileError.Problem) -> any KerasOptimizer

  static let readers: [String: Reader] = [
    "Adam": Adam.init(keras:), "AdamW": AdamW.init(kerasAdamW:), "SGD": SGD.init(keras:),
    "RMSprop": RMSprop.init(keras:), "Adagrad": Adagrad.init(keras:), "Adadelta": Adadelta.init(keras:),
    "Adamax": Adamax.init(keras:), "Nadam": Nadam.init(keras:), "Lion": Lion.init(keras:), "Lamb": LAMB.init(keras:),
  ]

  /// Makes the optimizer that a compile configuration describes.
  static func optimizer(_ json: JSON) throws(ModelFileError.Problem) -> any KerasOptimizer {
    if let foreign = json.foreignClass { throw .unsupported(found: foreign, expected: "an optimizer of Keras") }
    let named = readers.keys.first { $0.lowercased() == json.text?.lowercased() }
    guard let kind = named ?? json["class_name"]?.text, let reader = readers[kind],
      let table = KerasTables.optimizers[kind]
    else {
      throw .unsupported(
        found: "the optimizer \(json)", expected: readers.keys.sorted().joined(separator: ", "))
    }
    var options = KerasOptions(of: json, table, for: .training)
    let optimizer = try reader(&options)
    _ = try options.finish()
    return optimizer
  }
}
