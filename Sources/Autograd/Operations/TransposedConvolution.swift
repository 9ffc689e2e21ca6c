import Tensor

extension Variable {
  /// Two-dimensional transposed convolution: the gradient of a convolution with respect to its input, as an operation.
  ///
  /// Every element of the input adds the filter times itself to the result:
  /// y[n, o, i·s + p·d - top, j·s + q·d - left] += Σ w[c, o, p, q] · x[n, c, i, j].
  /// The input is kept where the weight needs a gradient, the weight where the input needs one.
  ///
  /// Shapes: input `[N, C, H, W]`, weight `[C, O, kh, kw]`, result `[N, O, height, width]`.
  ///
  /// - Parameters:
  ///   - weight: the filters.
  ///   - outputSize: height and width of the result. A convolution of such images with the window has H × W results;
  ///     otherwise the program stops.
  ///   - window: size (that of the weight), stride, dilation and padding of that convolution.
  public func transposedConvolution2D(_ weight: Variable, outputSize: Size, window: Window) -> Variable {
    require(
      shape.rank == 4 && weight.shape.rank == 4 && shape[1] == weight.shape[0],
      "transposedConvolution2D: input [N, C, H, W] and weight [C, O, kh, kw] are needed, found \(shape) and "
        + "\(weight.shape)")
    let resultShape: Shape = [shape[0], weight.shape[1], outputSize.height, outputSize.width]
    return Variable(
      value.convolution2DInputGradient(weight.value, inputShape: resultShape, window: window),
      from: (self, { [weight = weight.value] in $0.convolution2D(weight, window: window) }),
      (
        weight,
        { [value, weightShape = weight.shape] in
          value.convolution2DWeightGradient($0, weightShape: weightShape, window: window)
        }
      ))
  }
}
