extension IndirectConvolution {
  /// The gradients with respect to weight and bias, from that of all results, `[N, O, oh, ow]`.
  ///
  /// Blocks of pixels are multiplied, what each row of a filter reads by the gradient. The numbers of both are copied to
  /// panels, where the kernel reads them in order.
  func filterGradients(
    _ gradient: Tensor<Float>, input: Tensor<Float>
  ) -> (weight: Tensor<Float>, bias: Tensor<Float>) {
    let gradient = gradient.channelsLast()
    let source = IndirectSource(input, for: geometry)
    let sums = FilterGradientSums(geometry, source, gradient: UnsafePointer(gradient.elements))
    sums.compute()
    defer { extendLifetime((gradient, sums)) }
    return (sums.weight(), sums.bias())
  }
}
