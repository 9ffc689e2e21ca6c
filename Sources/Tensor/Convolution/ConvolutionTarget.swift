import CKernels

/// Where a convolution writes: the tensors of its output, and the description of any patch of them for the kernels.
struct ConvolutionTarget {
  let output: ConvolutionOutput
  private let epilogue: ConvolutionEpilogue
  private let bias: Tensor<Float>?
  private let affine: (factor: Tensor<Float>, shift: Tensor<Float>)?
  private let size: Size
  private let channels: Int

  init(geometry: ConvolutionGeometry, bias: Tensor<Float>?, epilogue: ConvolutionEpilogue, keepsPlaces: Bool) {
    self.epilogue = epilogue
    self.bias = bias?.contiguous()
    affine = epilogue.affine.map { ($0.factor.contiguous(), $0.shift.contiguous()) }
    let channels = geometry.outputChannels
    self.channels = channels
    size = epilogue.size(of: geometry.placement.output)
    for vector in [bias, epilogue.affine?.factor, epilogue.affine?.shift] {
      require(
        vector.map { $0.shape == [channels] } ?? true,
        "convolution: a number for each of \(channels) channels is needed, found \(vector?.shape ?? [])")
    }
    let layout = Layout(channelsLast: [geometry.batch, channels, size.height, size.width])
    let count = layout.shape.elementCount
    output = ConvolutionOutput(
      values: Tensor(storage: Storage(count: count), layout: layout),
      places: keepsPlaces ? Tensor(storage: Storage(count: count), layout: layout) : nil)
  }

  /// The patch whose first result is at `row` and `column` of an image; both are even where results are pooled.
  @inline(__always)
  func patch(image: Int, row: Int, column: Int) -> kilim_result {
    let step = epilogue.pools ? 2 : 1
    let (row, column) = (row / step, column / step)
    let offset = ((image * size.height + row) * size.width + column) * channels
    return kilim_result(
      values: output.values.storage.pointer + offset, places: output.places.map { $0.storage.pointer + offset },
      rowStride: size.width * channels, pixelStride: channels, rows: size.height - row,
      columns: size.width - column, bias: pointer(bias), floor: epilogue.appliesReLU ? 0 : -.infinity,
      pools: epilogue.pools ? 1 : 0, factor: pointer(affine?.factor), shift: pointer(affine?.shift))
  }

  private func pointer(_ vector: Tensor<Float>?) -> UnsafePointer<Float>? {
    vector.map { UnsafePointer($0.elements) }
  }
}

/// Where a convolution's gradient comes from: the gradient of its output, as patches for the kernels.
struct ConvolutionGradientSource {
  private let gradient: Tensor<Float>
  private let places: Tensor<UInt8>?
  private let size: Size
  private let channels: Int

  init(geometry: ConvolutionGeometry, gradient: Tensor<Float>, places: Tensor<UInt8>?) {
    let epilogue = ConvolutionEpilogue(pools: places != nil)
    channels = geometry.outputChannels
    size = epilogue.size(of: geometry.placement.output)
    let shape: Shape = [geometry.batch, channels, size.height, size.width]
    require(gradient.shape == shape, "convolution: the gradient has shape \(gradient.shape), \(shape) was expected")
    self.gradient = gradient.channelsLast()
    self.places = places?.channelsLast()
  }

  /// The patch whose first result is at `row` and `column` of an image; both are even where results were pooled.
  @inline(__always)
  func patch(image: Int, row: Int, column: Int) -> kilim_gradient {
    let step = places == nil ? 1 : 2
    let (row, column) = (row / step, column / step)
    let offset = ((image * size.height + row) * size.width + column) * channels
    return kilim_gradient(
      values: gradient.elements + offset,
      places: places.map { UnsafePointer($0.elements + offset) },
      rowStride: size.width * channels, pixelStride: channels, rows: size.height - row,
      columns: size.width - column)
  }
}
