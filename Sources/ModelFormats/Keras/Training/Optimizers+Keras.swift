import Optim
import Serialization

extension Adam: KerasOptimizer {
  var kerasClass: String { self is AdamW ? "AdamW" : "Adam" }

  var kerasOptions: [String: JSON] {
    [
      "beta_1": .decimal(beta1), "beta_2": .decimal(beta2), "epsilon": .decimal(epsilon), "amsgrad": .bool(amsgrad),
    ]
  }

  var kerasSlotGroups: [[String]] { [["momentum", "velocity"]] + (amsgrad ? [["velocity_hat"]] : []) }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let common = try KerasOptimizerOptions(&options, learningRate: 1e-3)
    self.init(
      learningRate: common.learningRate,
      beta1: try options.double("beta_1", default: 0.9, in: 0..<1),
      beta2: try options.double("beta_2", default: 0.999, in: 0..<1),
      epsilon: try options.double("epsilon", default: 1e-7, in: 0..<Double.infinity),
      amsgrad: try options.bool("amsgrad", default: false),
      weightDecay: common.weightDecay, clipping: common.clipping, average: common.average,
      gradientAccumulationSteps: common.gradientAccumulationSteps)
  }
}

extension AdamW {
  convenience init(kerasAdamW options: inout KerasOptions) throws(ModelFileError.Problem) {
    let common = try KerasOptimizerOptions(&options, learningRate: 1e-3)
    self.init(
      learningRate: common.learningRate,
      beta1: try options.double("beta_1", default: 0.9, in: 0..<1),
      beta2: try options.double("beta_2", default: 0.999, in: 0..<1),
      epsilon: try options.double("epsilon", default: 1e-7, in: 0..<Double.infinity),
      amsgrad: try options.bool("amsgrad", default: false),
      weightDecay: common.weightDecay, clipping: common.clipping, average: common.average,
      gradientAccumulationSteps: common.gradientAccumulationSteps)
  }
}

extension SGD: KerasOptimizer {
  var kerasClass: String { "SGD" }

  var kerasOptions: [String: JSON] { ["momentum": .decimal(momentum), "nesterov": .bool(nesterov)] }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let common = try KerasOptimizerOptions(&options, learningRate: 0.01)
    self.init(
      learningRate: common.learningRate,
      momentum: try options.double("momentum", default: 0, in: 0..<1.nextUp),
      nesterov: try options.bool("nesterov", default: false),
      weightDecay: common.weightDecay, clipping: common.clipping, average: common.average,
      gradientAccumulationSteps: common.gradientAccumulationSteps)
  }
}

extension RMSprop: KerasOptimizer {
  var kerasClass: String { "RMSprop" }

  var kerasOptions: [String: JSON] {
    [
      "rho": .decimal(rho), "momentum": .decimal(momentum), "epsilon": .decimal(epsilon), "centered": .bool(centered),
    ]
  }

  var kerasSlotGroups: [[String]] { slotNames.map { [$0] } }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let common = try KerasOptimizerOptions(&options, learningRate: 1e-3)
    self.init(
      learningRate: common.learningRate,
      rho: try options.double("rho", default: 0.9, in: 0..<1),
      momentum: try options.double("momentum", default: 0, in: 0..<1.nextUp),
      epsilon: try options.double("epsilon", default: 1e-7, in: 0..<Double.infinity),
      centered: try options.bool("centered", default: false),
      weightDecay: common.weightDecay, clipping: common.clipping, average: common.average,
      gradientAccumulationSteps: common.gradientAccumulationSteps)
  }
}

extension Adagrad: KerasOptimizer {
  var kerasClass: String { "Adagrad" }

  var kerasOptions: [String: JSON] {
    ["initial_accumulator_value": .decimal(initialAccumulatorValue), "epsilon": .decimal(epsilon)]
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let common = try KerasOptimizerOptions(&options, learningRate: 1e-3)
    self.init(
      learningRate: common.learningRate,
      initialAccumulatorValue: try options.double("initial_accumulator_value", default: 0.1, in: 0..<Double.infinity),
      epsilon: try options.double("epsilon", default: 1e-7, in: 0..<Double.infinity),
      weightDecay: common.weightDecay, clipping: common.clipping, average: common.average,
      gradientAccumulationSteps: common.gradientAccumulationSteps)
  }
}

extension Adadelta: KerasOptimizer {
  var kerasClass: String { "Adadelta" }

  var kerasOptions: [String: JSON] {
    ["rho": .decimal(rho), "epsilon": .decimal(epsilon)]
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let common = try KerasOptimizerOptions(&options, learningRate: 1e-3)
    self.init(
      learningRate: common.learningRate,
      rho: try options.double("rho", default: 0.95, in: 0..<1),
      epsilon: try options.double("epsilon", default: 1e-7, in: 0..<Double.infinity),
      weightDecay: common.weightDecay, clipping: common.clipping, average: common.average,
      gradientAccumulationSteps: common.gradientAccumulationSteps)
  }
}

extension Adamax: KerasOptimizer {
  var kerasClass: String { "Adamax" }

  var kerasOptions: [String: JSON] {
    ["beta_1": .decimal(beta1), "beta_2": .decimal(beta2), "epsilon": .decimal(epsilon)]
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let common = try KerasOptimizerOptions(&options, learningRate: 1e-3)
    self.init(
      learningRate: common.learningRate,
      beta1: try options.double("beta_1", default: 0.9, in: 0..<1),
      beta2: try options.double("beta_2", default: 0.999, in: 0..<1),
      epsilon: try options.double("epsilon", default: 1e-7, in: 0..<Double.infinity),
      weightDecay: common.weightDecay, clipping: common.clipping, average: common.average,
      gradientAccumulationSteps: common.gradientAccumulationSteps)
  }
}

extension Nadam: KerasOptimizer {
  var kerasClass: String { "Nadam" }

  var kerasOptions: [String: JSON] {
    ["beta_1": .decimal(beta1), "beta_2": .decimal(beta2), "epsilon": .decimal(epsilon)]
  }

  /// The product of the momentums of all steps.
  var kerasScalars: [Float] {
    [Float(momentumProduct(after: stepCount / options.gradientAccumulationSteps))]
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let common = try KerasOptimizerOptions(&options, learningRate: 1e-3)
    self.init(
      learningRate: common.learningRate,
      beta1: try options.double("beta_1", default: 0.9, in: 0..<1),
      beta2: try options.double("beta_2", default: 0.999, in: 0..<1),
      epsilon: try options.double("epsilon", default: 1e-7, in: 0..<Double.infinity),
      weightDecay: common.weightDecay, clipping: common.clipping, average: common.average,
      gradientAccumulationSteps: common.gradientAccumulationSteps)
  }
}

extension LAMB: KerasOptimizer {
  var kerasClass: String { "Lamb" }

  var kerasOptions: [String: JSON] {
    ["beta_1": .decimal(beta1), "beta_2": .decimal(beta2), "epsilon": .decimal(epsilon)]
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let common = try KerasOptimizerOptions(&options, learningRate: 1e-3)
    self.init(
      learningRate: common.learningRate,
      beta1: try options.double("beta_1", default: 0.9, in: 0..<1),
      beta2: try options.double("beta_2", default: 0.999, in: 0..<1),
      epsilon: try options.double("epsilon", default: 1e-7, in: 0..<Double.infinity),
      weightDecay: common.weightDecay, clipping: common.clipping, average: common.average,
      gradientAccumulationSteps: common.gradientAccumulationSteps)
  }
}

extension Lion: KerasOptimizer {
  var kerasClass: String { "Lion" }

  var kerasOptions: [String: JSON] {
    ["beta_1": .decimal(beta1), "beta_2": .decimal(beta2)]
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let common = try KerasOptimizerOptions(&options, learningRate: 1e-3)
    self.init(
      learningRate: common.learningRate,
      beta1: try options.double("beta_1", default: 0.9, in: 0.nextUp..<1.nextUp),
      beta2: try options.double("beta_2", default: 0.99, in: 0..<1.nextUp),
      weightDecay: common.weightDecay, clipping: common.clipping, average: common.average,
      gradientAccumulationSteps: common.gradientAccumulationSteps)
  }
}
