import Autograd
import Tensor

/// A convolution that no gradient flows through, and the layers behind it, in one pass over memory.
///
/// A normalization right behind the convolution is folded into weight and bias: with its factor f and shift s of each
/// channel, f · (w * x + b) + s = (f w) * x + (f b + s). Everything else is the convolution's epilogue. Folded and
/// transformed filters are kept until a value that they were made of changes. Results are those of the layers one by one,
/// up to the rounding of the folded products.
final class InferredConvolution: PlanOperation, Sendable {
  /// What is kept from call to call.
  private struct Prepared {
    /// Of the values that the rest was made of.
    let versions: [Int]
    let weight: Tensor<Float>
    let bias: Tensor<Float>?
    let affine: (factor: Tensor<Float>, shift: Tensor<Float>)?
    var filters: PreparedFilters?
  }

  private let parts: InferredParts
  private let sources: [TensorStorage]
  private let prepared = Lock<Prepared?>(nil)

  init(_ parts: InferredParts) {
    self.parts = parts
    let normalizations = parts.folded + [parts.affine].compactMap(\.self)
    sources =
      [parts.convolution.weight.storage, parts.convolution.bias?.storage].compactMap(\.self)
      + normalizations.flatMap(\.storages)
  }

  /// The result for the input of the convolution and, if the parts have an addition, the tensor to add.
  func run(_ inputs: [Variable<Float>], _ context: Context) -> [Variable<Float>] {
    let (x, convolution) = (inputs[0].value, parts.convolution)
    let addend = parts.adds ? inputs[1] : nil
    convolution.check(x.shape)
    var values = current()
    let fused = FusedConvolution(
      input: x.shape, weight: values.weight.shape, window: parts.window, groups: convolution.groups,
      needsInputGradient: false, isExact: convolution.isExact)
    guard let fused else {
      let result = x.convolution2D(
        values.weight, bias: values.bias, window: parts.window, groups: convolution.groups)
      return [behindActivation(parts.activation(Variable(result)), values, addend)]
    }
    if let filters = values.filters, fused.isBestServed(by: filters) {
      return [result(x, by: fused, filters, values, addend)]
    }
    let filters = fused.prepare(values.weight)
    values.filters = filters
    prepared.withLock { [values] in $0 = values }
    return [result(x, by: fused, filters, values, addend)]
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
    let made = Prepared(versions: versions, weight: weight, bias: bias, affine: parts.affine?.affine)
    prepared.withLock { $0 = made }
    return made
  }

  /// The result by the epilogue as far as that can compute it.
  private func result(
    _ x: Tensor<Float>, by fused: FusedConvolution, _ filters: PreparedFilters, _ values: Prepared,
    _ addend: Variable<Float>?
  ) -> Variable<Float> {
    guard let activation = EpilogueActivation(parts.activation) else {
      let result = fused.output(x, filters: filters, bias: values.bias, epilogue: ConvolutionEpilogue()).values
      return behindActivation(parts.activation(Variable(result)), values, addend)
    }
    var epilogue = ConvolutionEpilogue(activation: activation, pools: parts.pools)
    let isWhole =
      (fused.canPool || !parts.pools)
      && (addend.map { $0.shape == fused.outputShape(behind: epilogue) } ?? true)
    if isWhole, let last = EpilogueActivation(parts.last) {
      (epilogue.affine, epilogue.addend, epilogue.last) = (values.affine, addend?.value, last)
      return Variable(fused.output(x, filters: filters, bias: values.bias, epilogue: epilogue).values)
    }
    epilogue.pools = false
    let result = fused.output(x, filters: filters, bias: values.bias, epilogue: epilogue).values
    return behindActivation(Variable(result), values, addend)
  }

  /// The layers behind the first activation, one by one.
  private func behindActivation(
    _ active: Variable<Float>, _ values: Prepared, _ addend: Variable<Float>?
  ) -> Variable<Float> {
    var result = parts.pools ? active.maxPool2D(Window(2, stride: 2)) : active
    if let (factor, shift) = values.affine {
      let shape: Shape = [1, factor.count, 1, 1]
      result = Variable(result.value * factor.reshaped(to: shape) + shift.reshaped(to: shape))
    }
    if let addend { result = MergedInputs.aligned([result, addend]).merged { $0 + $1 } }
    return parts.last(result)
  }
}
