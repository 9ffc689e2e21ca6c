/// A convolution with prepared filters and what is done to its results.
package struct ConvolutionStage: Sendable {
  let convolution: FusedConvolution
  let filters: PreparedFilters
  let bias: Tensor<Float>?
  let epilogue: ConvolutionEpilogue

  /// Filters that the convolution prepared, a bias `[O]`, and an epilogue that the convolution can compute.
  package init(
    _ convolution: FusedConvolution, filters: PreparedFilters, bias: Tensor<Float>?, epilogue: ConvolutionEpilogue
  ) {
    convolution.requireFilters(filters)
    (self.convolution, self.filters, self.bias, self.epilogue) = (convolution, filters, bias, epilogue)
  }

  /// The result for images `[N, C, H, W]`.
  package func output(_ input: Tensor<Float>) -> Tensor<Float> {
    convolution.output(input, filters: filters, bias: bias, epilogue: epilogue).values
  }

  /// The shape of the result.
  package var outputShape: Shape { convolution.outputShape(behind: epilogue) }

  var geometry: ConvolutionGeometry { convolution.geometry }

  /// The filters of a convolution that makes each pixel of one pixel; `nil` for another one.
  var pointwiseFilters: IndirectFilters? {
    guard geometry.readsEachPixelOnce, geometry.groups == 1, case .indirect(let filters) = filters.form
    else { return nil }
    return filters
  }

  /// The filters of a depthwise convolution, `[kh · kw, C]`; `nil` for another one.
  var depthwiseFilters: Tensor<Float>? {
    guard case .depthwise = convolution.algorithm, case .depthwise(let filters) = filters.form else { return nil }
    return filters
  }
}
