import Tensor

extension Variable {
  /// Two-dimensional convolution (cross-correlation); see `Tensor.convolution2D`.
  ///
  /// The input is kept where the weight or the bias needs a gradient, the weight where the input needs one. Nothing is
  /// computed for an operand that is a constant.
  ///
  /// Shapes: input `[N, C, H, W]`, weight `[O, C / groups, kh, kw]`, bias `[O]`, result `[N, O, oh, ow]`.
  ///
  /// - Parameters:
  ///   - weight: the filters.
  ///   - bias: added to each output channel.
  ///   - window: size (that of the weight), stride, dilation and padding.
  ///   - groups: the number of groups. Each connects its part of the input channels with its part of the output channels.
  ///   - isExact: whether to avoid Winograd's transforms, which lose up to about 2e-5 of the largest result.
  public func convolution2D(
    _ weight: Variable, bias: Variable? = nil, window: Window, groups: Int = 1, isExact: Bool = false
  ) -> Variable {
    convolution2D(
      weight, bias: bias, window: window, groups: groups, appliesReLU: false, pools: false, isExact: isExact)
  }

  /// ``convolution2D(_:bias:window:groups:isExact:)``, then optionally max(y, 0) and the largest of each 2×2 results: in one
  /// pass over memory where there is a fast algorithm for the shape, otherwise in separate steps.
  ///
  /// In one pass, pooling keeps one byte for each result, ReLU without pooling the result.
  package func convolution2D(
    _ weight: Variable, bias: Variable?, window: Window, groups: Int = 1, appliesReLU: Bool, pools: Bool,
    isExact: Bool = false
  ) -> Variable {
    let operands = [weight] + (bias.map { [$0] } ?? [])
    let trainsFilters = operands.contains(where: \.needsGradient)
    var call = FastConvolutionCall(
      weight: weight.value, bias: bias?.value, window: window, groups: groups, isExact: isExact)
    (call.appliesReLU, call.pools) = (appliesReLU, pools)
    (call.needsInputGradient, call.needsGradients) = (needsGradient, needsGradient || trainsFilters)
    guard let result = value.fastConvolution2D(call) else {
      if pools {
        let active = convolution2D(
          weight, bias: bias, window: window, groups: groups, appliesReLU: appliesReLU, pools: false, isExact: isExact)
        return active.maxPool2D(Window(2, stride: 2))
      }
      let convolved = plainConvolution2D(weight, bias: bias, window: window, groups: groups, isExact: isExact)
      return appliesReLU ? convolved.relu() : convolved
    }
    guard trainsFilters else { return Variable(result.values, from: (self, result.inputGradient)) }
    let inputs = (needsGradient ? [self] : []) + operands
    let pullback = result.gradients
    return Variable(result.values, from: inputs) { [value, hasBias = bias != nil] gradient in
      let gradients = pullback(gradient, value)
      return [gradients.input, gradients.weight, hasBias ? gradients.bias : nil].compactMap(\.self)
    }
  }

  /// The convolution with gradients by matrix products.
  private func plainConvolution2D(
    _ weight: Variable, bias: Variable?, window: Window, groups: Int, isExact: Bool
  ) -> Variable {
    let (input, filters) = (value, weight.value)
    let result = input.convolution2D(filters, bias: bias?.value, window: window, groups: groups, isExact: isExact)
    let inputPullback: Pullback = { [shape] in
      $0.convolution2DInputGradient(filters, inputShape: shape, window: window, groups: groups)
    }
    let weightPullback: Pullback = { [weightShape = filters.shape] in
      $0.convolution2DWeightGradient(input, weightShape: weightShape, window: window, groups: groups)
    }
    guard let bias else { return Variable(result, from: (self, inputPullback), (weight, weightPullback)) }
    return Variable(
      result, from: (self, inputPullback), (weight, weightPullback), (bias, { $0.channelSums() }))
  }

  /// The largest element under each position of a window. On ties the first one takes the gradient. Its place is kept.
  ///
  /// Shapes: input `[N, C, H, W]`, result `[N, C, oh, ow]`.
  public func maxPool2D(_ window: Window) -> Variable {
    let (output, indices) = value.maxPool2D(window)
    return Variable(
      output,
      from: (
        self, { [shape] in $0.maxPool2DInputGradient(indices: indices, inputShape: shape, window: window) }
      ))
  }

  /// The mean of the elements under each position of a window, without padding. Nothing is kept.
  ///
  /// Shapes: input `[N, C, H, W]`, result `[N, C, oh, ow]`.
  public func averagePool2D(_ window: Window) -> Variable {
    Variable(
      value.averagePool2D(window),
      from: (self, { [shape] in $0.averagePool2DInputGradient(window, inputShape: shape) }))
  }
}
