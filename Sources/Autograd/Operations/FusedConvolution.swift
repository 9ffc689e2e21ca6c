import Tensor

extension Variable where Scalar == Float {
  /// Convolution, then max(y, 0) and the largest of each 2×2 where they are wanted, in one pass over memory.
  ///
  /// Where `FusedConvolution` has no algorithm for the shape, the same is computed step by step. The input and the
  /// weight are kept; of pooled results one byte each, of others with ReLU the result.
  ///
  /// Shapes: input `[N, C, H, W]`, weight `[O, C / groups, kh, kw]`, bias `[O]`, result `[N, O, oh, ow]`, halved where
  /// it is pooled.
  ///
  /// - Parameters:
  ///   - weight: the filters.
  ///   - bias: what is added to each output channel.
  ///   - window: size, stride, dilation and padding; of the weight's size.
  ///   - groups: each sees its share of the channels alone.
  ///   - appliesReLU: whether negative results become 0.
  ///   - pools: whether the largest of each 2×2 results is kept alone.
  ///   - isExact: whether Winograd's transforms are to be avoided; see `Tensor.convolution2D`.
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
