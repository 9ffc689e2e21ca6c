import Optim
import Serialization

extension Adam: KerasOptimizer {
  var kerasClass: String { self is AdamW ? "AdamW" : "Adam" }

  var kerasOptions: [String: JSON] {
    ["beta_1": .decimal(beta1), "beta_2": .decimal(beta2), "epsilon": .decimal(epsilon)]
  }

  var slotsStandTogether: Bool { true }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let common = try KerasOptimizerOptions(&options, learningRate: 1e-3)
    self.init(
      learningRate: common.learningRate,
      beta1: try options.double("beta_1", default: 0.9, in: 0..<1),
      beta2: try options.double("beta_2", default: 0.999, in: 0..<1),
      epsilon: try options.double("epsilon", default: 1e-7, in: 0..<Double.infinity),
      weightDecay: common.weightDecay, clipping: common.clipping)
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
      weightDecay: common.weightDecay, clipping: common.clipping)
  }
}

extension SGD: KerasOptimizer {
  var kerasClass: String { "SGD" }

  var kerasOptions: [String: JSON] { ["momentum": .decimal(momentum), "nesterov": .bool(nesterov)] }

  var slotsStandTogether: Bool { true }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let common = try KerasOptimizerOptions(&options, learningRate: 0.01)
    self.init(
      learningRate: common.learningRate,
      momentum: try options.double("momentum", default: 0, in: 0..<1.nextUp),
      nesterov: try options.bool("nesterov", default: false),
      weightDecay: common.weightDecay, clipping: common.clipping)
  }
}

extension RMSprop: KerasOptimizer {
  var kerasClass: String { "RMSprop" }

  var kerasOptions: [String: JSON] {
    [
      "rho": .decimal(rho), "momentum": .decimal(momentum), "epsilon": .decimal(epsilon), "centered": .bool(centered),
    ]
  }

  var slotsStandTogether: Bool { false }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let common = try KerasOptimizerOptions(&options, learningRate: 1e-3)
    self.init(
      learningRate: common.learningRate,
      rho: try options.double("rho", default: 0.9, in: 0..<1),
      momentum: try options.double("momentum", default: 0, in: 0..<1.nextUp),
      epsilon: try options.double("epsilon", default: 1e-7, in: 0..<Double.infinity),
      centered: try options.bool("centered", default: false),
      weightDecay: common.weightDecay, clipping: common.clipping)
  }
}
