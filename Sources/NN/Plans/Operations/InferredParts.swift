import Tensor

/// The layers that an ``InferredConvolution`` joins, in the order in which its epilogue computes them: the convolution,
/// factors and shifts of channels folded into its weight, an activation, pooling, a normalization, an addition, and a last
/// activation. Any of them may be missing.
struct InferredParts: Sendable {
  let products: InferredProducts
  let window: Window
  /// What is done to the input as it is read.
  var before = InferredPrologue.nothing
  /// Folded into the weight, one after the other.
  private(set) var folded: [any ChannelAffine] = []
  private(set) var activation: Activation
  private(set) var pools = false
  private(set) var affine: (any ChannelAffine)?
  /// Whether another value is added.
  private(set) var adds = false
  private(set) var last = Activation.linear
  private var stage: Stage

  /// The last part that is taken.
  private enum Stage: Int {
    case products, active, pooled, scaled, added, complete
  }

  init(_ products: InferredProducts, window: Window) {
    self.products = products
    self.window = window
    activation = products.activation
    stage = activation == .linear ? .products : EpilogueActivation(activation) == nil ? .complete : .active
  }

  /// Adds a factor and a shift of each channel; `false` if that is not possible.
  mutating func absorb(_ layer: any ChannelAffine) -> Bool {
    switch stage {
    case .products: folded.append(layer)
    case .active, .pooled: (affine, stage) = (layer, .scaled)
    default: return false
    }
    return true
  }

  /// Adds an activation; `false` if that is not possible.
  mutating func absorb(_ function: Activation) -> Bool {
    guard EpilogueActivation(function) != nil else { return false }
    switch stage {
    case .products: (activation, stage) = (function, .active)
    case .complete: return false
    default: (last, stage) = (function, .complete)
    }
    return true
  }

  /// Adds pooling; `false` if that is not possible. It may come before an activation that never falls.
  mutating func absorb(_ layer: MaxPool2D) -> Bool {
    guard stage == .products || stage == .active, layer.window == Window(2, stride: 2),
      EpilogueActivation(activation)?.neverFalls == true
    else { return false }
    (pools, stage) = (true, .pooled)
    return true
  }

  /// Adds the sum with another value; `false` if that is not possible.
  mutating func absorbAddition() -> Bool {
    guard stage.rawValue < Stage.added.rawValue else { return false }
    (adds, stage) = (true, .added)
    return true
  }
}

extension EpilogueActivation {
  /// The same function; `nil` if an epilogue does not compute it.
  init?(_ activation: Activation) {
    switch activation {
    case .linear: self = .linear
    case .relu: self = .relu
    case .boundedReLU(let maximum, slope: 0, threshold: 0) where maximum >= 0: self = .clipped(low: 0, high: maximum)
    case .hardTanh: self = .clipped(low: -1, high: 1)
    case .leakyReLU(let slope): self = .leakyReLU(slope: slope)
    case .hardSigmoid: self = .hardSigmoid
    case .hardSiLU: self = .hardSiLU
    case .elu(let alpha): self = .elu(alpha: alpha)
    case .selu: self = .selu
    case .silu: self = .silu
    case .gelu: self = .gelu
    case .tanhGELU: self = .tanhGELU
    case .mish: self = .mish
    case .sigmoid: self = .sigmoid
    case .tanh: self = .tanh
    case .softplus: self = .softplus
    case .exponential: self = .exponential
    default: return nil
    }
  }
}
