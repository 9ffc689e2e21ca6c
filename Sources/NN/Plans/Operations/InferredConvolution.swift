import Autograd
import Tensor

/// A convolution that no gradient flows through, and the layers behind it, in one pass over memory.
///
/// A normalization right behind the convolution is folded into weight and bias: with its factor f and shift s of each
/// channel, f · (w * x + b) + s = (f w) * x + (f b + s). ReLU, pooling and a last normalization are the convolution's
/// epilogue. Folded and transformed filters are kept until a value that they were made of changes. Results are those of
/// the layers one by one, up to the rounding of the folded products.
final class InferredConvolution: PlanOperation, Sendable {
  /// The layers that are joined.
  struct Parts: Sendable {
    fileprivate let convolution: any ImageConvolution
    fileprivate let window: Window
    /// Folded into the weight, one after the other.
    fileprivate var folded: [BatchNorm] = []
    fileprivate var appliesReLU: Bool
    fileprivate var pools = false
    /// Behind everything else.
    fileprivate var last: BatchNorm?
    /// Whether the convolution's own activation is none that the epilogue computes.
    private let isClosed: Bool

    init(_ convolution: any ImageConvolution, window: Window) {
      self.convolution = convolution
      self.window = window
      appliesReLU = convolution.activation == .relu
      isClosed = convolution.activation != .linear && !appliesReLU
    }

    /// Adds a normalization by running statistics; `false` if that is not possible.
    mutating func absorb(_ layer: BatchNorm) -> Bool {
      guard !isClosed, last == nil else { return false }
      if appliesReLU || pools { last = layer } else { folded.append(layer) }
      return true
    }

    /// Adds max(y, 0); `false` if that is not possible.
    mutating func absorbReLU() -> Bool {
      guard !isClosed, last == nil else { return false }
      appliesReLU = true
      return true
    }

    /// Adds pooling; `false` if that is not possible.
    mutating func absorb(_ layer: MaxPool2D) -> Bool {
      guard !isClosed, last == nil, !pools, layer.window == Window(2, stride: 2) else { return false }
      pools = true
      return true
    }
  }

  /// What is kept from call to call.
  private struct Prepared {
    /// Of the values that the rest was made of.
    let versions: [Int]
    let weight: Tensor<Float>
    let bias: Tensor<Float>?
    let affine: (factor: Tensor<Float>, shift: Tensor<Float>)?
    var filters: PreparedFilters?
  }

  private let parts: Parts
  private let sources: [TensorStorage]
  private let prepared = Lock<Prepared?>(nil)

  init(_ parts: Parts) {
    self.parts = parts
    let normalizations = parts.folded + [parts.last].compactMap(\.self)
    sources =
      [parts.convolution.weight.storage, parts.convolution.bias?.storage].compactMap(\.self)
      + normalizations.flatMap(\.storages)
  }

  func run(_ inputs: [Variable<Float>], _ context: Context) -> [Variable<Float>] {
    let (x, convolution) = (inputs[0].value, parts.convolution)
    convolution.check(x.shape)
    var values = current()
    let fused = FusedConvolution(
      input: x.shape, weight: values.weight.shape, window: parts.window, groups: convolution.groups,
      needsInputGradient: false, isExact: convolution.isExact)
    guard let fused, fused.canPool || !parts.pools else { return [Variable(oneByOne(x, values))] }
    if let filters = values.filters, fused.isBestServed(by: filters) {
      return [Variable(result(x, by: fused, filters, values))]
    }
    let filters = fused.prepare(values.weight)
    values.filters = filters
    prepared.withLock { [values] in $0 = values }
    return [Variable(result(x, by: fused, filters, values))]
  }

  /// What the parameters and statistics make now.
  private func current() -> Prepared {
    // Read before the values: one that changes meanwhile is found to have changed by the next call.
    let versions = sources.map(\.version)
    if let kept = prepared.withLock({ $0 }), kept.versions == versions { return kept }
    var (weight, bias) = (parts.convolution.weight.value, parts.convolution.bias?.value)
    for layer in parts.folded {
      let (factor, shift) = layer.affine
      weight = weight * factor.reshaped(to: [factor.count, 1, 1, 1])
      bias = bias.map { $0 * factor + shift } ?? shift
    }
    let made = Prepared(versions: versions, weight: weight, bias: bias, affine: parts.last?.affine)
    prepared.withLock { $0 = made }
    return made
  }

  private func result(
    _ x: Tensor<Float>, by fused: FusedConvolution, _ filters: PreparedFilters, _ values: Prepared
  ) -> Tensor<Float> {
    let epilogue = ConvolutionEpilogue(
      activation: parts.appliesReLU ? .relu : .linear, pools: parts.pools, affine: values.affine)
    let result = fused.output(x, filters: filters, bias: values.bias, epilogue: epilogue).values
    return withOwnActivation(result)
  }

  /// The same where there is no algorithm for the shape that has an epilogue.
  private func oneByOne(_ x: Tensor<Float>, _ values: Prepared) -> Tensor<Float> {
    var result = x.convolution2D(
      values.weight, bias: values.bias, window: parts.window, groups: parts.convolution.groups,
      isExact: parts.convolution.isExact)
    if parts.appliesReLU { result = result.relu() }
    if parts.pools { result = result.maxPool2D(Window(2, stride: 2)).output }
    if let (factor, shift) = values.affine {
      let shape: Shape = [1, factor.count, 1, 1]
      result = result * factor.reshaped(to: shape) + shift.reshaped(to: shape)
    }
    return withOwnActivation(result)
  }

  /// After an activation of the convolution that is not a part of the epilogue.
  private func withOwnActivation(_ result: Tensor<Float>) -> Tensor<Float> {
    let activation = parts.convolution.activation
    return activation == .relu ? result : activation(Variable(result)).value
  }
}
