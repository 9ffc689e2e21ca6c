import Tensor

extension Variable where Scalar == Float {
  /// Convolution, then optionally max(y, 0) and the largest of each 2×2 results, in one pass over memory.
  ///
  /// Where `FusedConvolution` has no algorithm for the shape, the same is computed in separate steps. The input and the
  /// weight are kept, with pooling also one byte for each result, with ReLU alone also the result.
  ///
  /// Shapes: input `[N, C, H, W]`, weight `[O, C / groups, kh, kw]`, bias `[O]`, result `[N, O, oh, ow]`, with pooling
  /// `[N, O, oh / 2, ow / 2]`.
  ///
  /// - Parameters:
  ///   - weight: the filters.
  ///   - bias: added to each output channel.
  ///   - window: size, stride, dilation and padding. The size is that of the weight.
  ///   - groups: the number of groups. Each group sees only its share of the channels.
  ///   - appliesReLU: whether negative results become 0.
  ///   - pools: whether the largest of each 2×2 results is the result.
  ///   - isExact: whether Winograd's transforms must not be used; see `Tensor.convolution2D`.
  public func convolution2D(
    _ weight: Variable, bias: Variable?, window: Window, groups: Int = 1, appliesReLU: Bool, pools: Bool,
    isExact: Bool = false
  ) -> Variable {
    let (input, filters) = (value, weight.value)
    let fused = FusedConvolution(
      input: input.shape, weight: filters.shape, window: window, groups: groups, needsInputGradient: needsGradient,
      isExact: isExact)
    guard let fused else {
      let result = convolution2D(weight, bias: bias, window: window, groups: groups, isExact: isExact)
      let active = appliesReLU ? result.relu() : result
      return pools ? active.maxPool2D(Window(2, stride: 2)) : active
    }
    let output = fused.output(
      input, filters: fused.prepare(filters, isKept: false), bias: bias?.value,
      epilogue: ConvolutionEpilogue(appliesReLU: appliesReLU, pools: pools), keepsPlaces: true)
    let passing = appliesReLU && !pools ? output.values : nil
    let inputs = (needsGradient ? [self] : []) + [weight] + (bias.map { [$0] } ?? [])
    return Variable(output.values, from: inputs) { [places = output.places, needsGradient] gradient in
      let gradients = fused.gradients(
        passing.map { gradient.masked(byPositive: $0) } ?? gradient, places: places, input: input, weight: filters,
        needsInput: needsGradient)
      return [gradients.input, gradients.weight, bias == nil ? nil : gradients.bias].compactMap(\.self)
    }
  }
}
