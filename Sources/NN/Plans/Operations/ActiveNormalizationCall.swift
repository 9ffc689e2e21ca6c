import Autograd
import Tensor

/// A normalization, and the addition and the activation behind it, each of which may be missing.
struct ActiveNormalizationCall: PlanOperation {
  let normalization: BatchNorm
  /// Whether the second input is added.
  var adds = false
  var activation = Activation.linear
  /// See ``Graph/Call/training``.
  let training: Bool?

  init(_ normalization: BatchNorm, training: Bool?) {
    self.normalization = normalization
    self.training = training
  }

  /// `nil` if the step is not the call of a normalization alone.
  init?(_ step: PlanDraft.Step) {
    guard let layer = step.calledLayer as? BatchNorm else { return nil }
    self.init(layer, training: step.training)
  }

  func run(_ inputs: [Variable<Float>], _ context: Context) -> [Variable<Float>] {
    guard let training else { return [result(inputs, context)] }
    return context.withTraining(training) { [result(inputs, $0)] }
  }

  /// The same behind a convolution, whose input is the first one; `nil` where they cannot be one operation.
  func run(
    _ inputs: [Variable<Float>], behind convolution: ConvolutionCall, _ context: Context
  ) -> Variable<Float>? {
    guard let function = NormalizedActivation(activation) else { return nil }
    func result(_ context: Context) -> Variable<Float>? {
      normalization.normalize(
        inputs[0], convolvedBy: convolution.layer, convolution.window, adding: adds ? inputs[1] : nil, function, context
      )
    }
    guard let training else { return result(context) }
    return context.withTraining(training) { result($0) }
  }

  private func result(_ inputs: [Variable<Float>], _ context: Context) -> Variable<Float> {
    let addend = adds ? inputs[1] : nil
    if let function = NormalizedActivation(activation),
      let joined = normalization.normalize(inputs[0], adding: addend, function, context)
    {
      return joined
    }
    let normal = normalization.normalize(inputs[0], dropping: nil, context)
    guard let addend else { return activation(normal) }
    return activation == .relu ? normal.addedReLU(addend) : activation(normal + addend)
  }
}

extension NormalizedActivation {
  /// The same function; `nil` if there is no pass with it.
  init?(_ activation: Activation) {
    switch activation {
    case .linear: self = .linear
    case .relu: self = .relu
    case .boundedReLU(let maximum, slope: 0, threshold: 0) where maximum > 0: self = .boundedReLU(maximum: maximum)
    case .silu: self = .silu
    case .hardSiLU: self = .hardSiLU
    default: return nil
    }
  }
}
