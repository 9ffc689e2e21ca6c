import Autograd
import Tensor

/// A convolution and the layers right behind it, computed together: pooling, dropout and normalization read and write
/// what the convolution has just written, so most of their time goes away when they work on it in registers.
///
/// In training the convolution, ReLU and pooling are one operation. In inference the normalization joins them, and the
/// transformed filters are kept from call to call. The results are those of the layers one by one, up to rounding.
final class ConvolutionBlock: Sendable {
  private let convolution: Conv2D
  private let pooling: MaxPool2D?
  private let dropout: Dropout?
  private let normalization: BatchNorm?
  /// The filters of the last inference, and the weight that they were made of. Many tasks may call the block at once:
  /// those that find none make their own, and the last ones stay.
  private let prepared = Lock<(filters: PreparedFilters, weight: Tensor<Float>)?>(nil)

  /// Takes the layers at the beginning of `layers` that can be computed together.
  ///
  /// - Returns: `nil` where the first is no convolution, or one with an activation that is not a part of it.
  init?(_ layers: ArraySlice<any Layer>) {
    var rest = layers
    guard let convolution = rest.popFirst() as? Conv2D, [.relu, .linear].contains(convolution.activation)
    else { return nil }
    func take<Kind: Layer>(_ kind: Kind.Type, where fits: (Kind) -> Bool = { _ in true }) -> Kind? {
      guard let layer = rest.first as? Kind, fits(layer) else { return nil }
      rest.removeFirst()
      return layer
    }
    self.convolution = convolution
    pooling = take(MaxPool2D.self) { $0.window == Window(2, stride: 2) }
    dropout = take(Dropout.self)
    normalization = take(BatchNorm.self)
    layerCount = layers.count - rest.count
  }

  /// The number of layers that the block stands for.
  let layerCount: Int

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    if !context.usesBatchStatistics, !context.appliesDropout, !context.recordsGradients, !x.needsGradient,
      let result = infer(x.value)
    {
      return Variable(result)
    }
    prepared.withLock { $0 = nil }
    let pooled = convolution.convolve(x, context, pools: pooling != nil)
    guard let normalization else { return dropout?(pooled, context) ?? pooled }
    return normalization.normalize(pooled, dropping: dropout?.mask(for: pooled.value, context), context)
  }

  /// The result in inference, `nil` where the convolution has no fast algorithm.
  private func infer(_ x: Tensor<Float>) -> Tensor<Float>? {
    convolution.check(x.shape)
    let weight = convolution.weight.value
    let fused = FusedConvolution(
      input: x.shape, weight: weight.shape, window: convolution.window, groups: convolution.groups,
      needsInputGradient: false, isExact: convolution.isExact)
    guard let fused else { return nil }
    let filters: PreparedFilters
    if let kept = prepared.withLock({ $0 }), kept.weight.isSame(as: weight), fused.isBestServed(by: kept.filters) {
      filters = kept.filters
    } else {
      filters = fused.prepare(weight)
      prepared.withLock { $0 = (filters, weight) }
    }
    let epilogue = ConvolutionEpilogue(
      appliesReLU: convolution.activation == .relu, pools: pooling != nil, affine: normalization?.affine)
    return fused.output(x, filters: filters, bias: convolution.bias?.value, epilogue: epilogue).values
  }
}
