import Tensor

extension Variable {
  /// Two-dimensional convolution (cross-correlation); see `Tensor.convolution2D`. Input and weight are kept.
  ///
  /// Shapes: input `[N, C, H, W]`, weight `[O, C / groups, kh, kw]`, bias `[O]`, result `[N, O, oh, ow]`.
  public func convolution2D(
    _ weight: Variable, bias: Variable? = nil, window: Window, groups: Int = 1, isExact: Bool = false
  ) -> Variable {
    let (input, filters) = (value, weight.value)
    let result = input.convolution2D(
      filters, bias: bias?.value, window: window, groups: groups, isExact: isExact)
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
      output, from: (self, { [shape] in $0.maxPool2DInputGradient(indices: indices, inputShape: shape) }))
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
