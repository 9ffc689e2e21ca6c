import Autograd
import Tensor

/// A convolution that no gradient flows through, and the layers behind it, in one pass over memory.
///
/// A normalization or a factor of each channel right behind the convolution is folded into weight and bias: with its
/// factor f and shift s of each channel, f · (w * x + b) + s = (f w) * x + (f b + s). Everything else is the
/// convolution's epilogue. Folded and transformed filters are kept until a value that they were made of changes.
/// Results are those of the layers one by one, up to the rounding of the folded products.
final class InferredConvolution: PlanOperation, Sendable {
  /// What is kept from call to call.
  private struct Prepared {
    /// Of the values that the rest was made of.
    let versions: [Int]
    /// The folded weight itself is not kept: only its transformed filters are used again.
    let weightShape: Shape
    let bias: Tensor<Float>?
    let affine: (factor: Tensor<Float>, shift: Tensor<Float>)?
    /// Of the normalization before the convolution.
    let before: (factor: Tensor<Float>, shift: Tensor<Float>)?
    var filters: PreparedFilters?
  }

  let parts: InferredParts
  /// The values that results depend on.
  let sources: [TensorStorage]
  private let prepared = Lock<Prepared?>(nil)

  init(_ parts: InferredParts) {
    self.parts = parts
    let affine = parts.folded + [parts.affine].compactMap(\.self)
    sources = parts.products.storages + parts.before.storages + affine.flatMap(\.storages)
  }

  /// The result for the input of the convolution and, if the parts have them, the tensor to add and the factors of the
  /// input.
  func run(_ inputs: [Variable<Float>], _ context: Context) -> [Variable<Float>] {
    let x = inputs[0].value
    let addend = parts.adds ? inputs[1] : nil
    var values = current()
    let prologue = prologue(inputs, values)
    guard let fused = convolution(x.shape, values) else {
      // An empty batch, on which a prologue changes nothing.
      let result = x.convolution2D(
        folded().weight, bias: values.bias, window: parts.window, groups: parts.products.groups)
      return [behindActivation(parts.activation(Variable(result)), values, addend)]
    }
    let filters = filters(for: fused, &values)
    return [result(x, by: fused, filters, values, prologue, addend)]
  }

  /// The operation as a stage of several that are computed together, for inputs of a shape and a tensor to add; `nil` for an
  /// empty batch, and where an epilogue is not enough.
  func stage(_ shape: Shape, adding addend: Tensor<Float>?) -> ConvolutionStage? {
    var values = current()
    guard case .nothing = parts.before, let fused = convolution(shape, values),
      let epilogue = epilogue(of: fused, values, addend)
    else { return nil }
    return ConvolutionStage(fused, filters: filters(for: fused, &values), bias: values.bias, epilogue: epilogue)
  }

  /// The convolution for inputs of a shape; `nil` for an empty batch. Stops if the layer cannot take them.
  private func convolution(_ shape: Shape, _ values: Prepared) -> FusedConvolution? {
    parts.products.check(shape)
    return FusedConvolution(
      input: shape, weight: values.weightShape, window: parts.window, groups: parts.products.groups,
      needsInputGradient: false, accuracy: parts.products.isExact ? .exact : .high)
  }

  /// The filters for a convolution, which are kept.
  private func filters(for fused: FusedConvolution, _ values: inout Prepared) -> PreparedFilters {
    if let filters = values.filters, fused.isBestServed(by: filters) { return filters }
    let filters = fused.prepare(folded().weight)
    values.filters = filters
    prepared.withLock { [values] in $0 = values }
    return filters
  }

  /// What is done to the input before.
  private func prologue(_ inputs: [Variable<Float>], _ values: Prepared) -> ConvolutionPrologue? {
    switch parts.before {
    case .nothing: return nil
    case .scaled:
      let factor = inputs[inputs.count - 1].value
      return ConvolutionPrologue(factor: factor.contiguous().reshaped(to: [factor.shape[0], factor.shape[1]]))
    case .normalized(_, let appliesReLU):
      return values.before.map {
        ConvolutionPrologue(factor: $0.factor, shift: $0.shift, appliesReLU: appliesReLU)
      }
    }
  }

  /// What the parameters and statistics make now.
  private func current() -> Prepared {
    // Read before the values: one that changes meanwhile is found to have changed by the next call.
    let versions = sources.map(\.version)
    if let kept = prepared.withLock({ $0 }), kept.versions == versions { return kept }
    let (weight, bias) = folded()
    let made = Prepared(
      versions: versions, weightShape: weight.shape, bias: bias, affine: parts.affine?.affine,
      before: parts.before.affine)
    prepared.withLock { $0 = made }
    return made
  }

  /// Weight and bias with the factors and shifts right behind the products.
  func folded() -> (weight: Tensor<Float>, bias: Tensor<Float>?) {
    var (weight, bias) = (parts.products.weight, parts.products.bias)
    for layer in parts.folded {
      let (factor, shift) = layer.affine
      weight = weight * factor.reshaped(to: [factor.count, 1, 1, 1])
      bias = bias.map { $0 * factor + shift } ?? shift
    }
    return (weight, bias)
  }

  /// The result by the epilogue as far as that can compute it.
  private func result(
    _ x: Tensor<Float>, by fused: FusedConvolution, _ filters: PreparedFilters, _ values: Prepared,
    _ prologue: ConvolutionPrologue?, _ addend: Variable<Float>?
  ) -> Variable<Float> {
    func output(_ epilogue: ConvolutionEpilogue) -> Variable<Float> {
      let output = fused.output(x, filters: filters, bias: values.bias, epilogue: epilogue, prologue: prologue)
      return Variable(output.values)
    }
    if let epilogue = epilogue(of: fused, values, addend?.value) { return output(epilogue) }
    guard let activation = EpilogueActivation(parts.activation) else {
      return behindActivation(parts.activation(output(ConvolutionEpilogue())), values, addend)
    }
    return behindActivation(output(ConvolutionEpilogue(activation: activation)), values, addend)
  }

  /// All that is behind the convolution as its epilogue; `nil` where that cannot compute it.
  private func epilogue(
    of fused: FusedConvolution, _ values: Prepared, _ addend: Tensor<Float>?
  ) -> ConvolutionEpilogue? {
    guard let activation = EpilogueActivation(parts.activation), let last = EpilogueActivation(parts.last),
      fused.canPool || !parts.pools
    else { return nil }
    let epilogue = ConvolutionEpilogue(
      activation: activation, pools: parts.pools, affine: values.affine, addend: addend, last: last)
    let fits = addend.map { $0.shape == fused.outputShape(behind: epilogue) } ?? true
    return fits ? epilogue : nil
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
