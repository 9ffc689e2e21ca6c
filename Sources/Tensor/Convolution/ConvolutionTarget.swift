import CKernels

/// The output of a convolution: its tensors, and descriptions of their patches for the kernels.
///
/// The patches hold only addresses, because threads slow each other down if they count the references of one tensor at
/// the same time. The target keeps the tensors alive.
final class ConvolutionTarget {
  let output: ConvolutionOutput
  private let geometry: ConvolutionGeometry
  private let epilogue: ConvolutionEpilogue
  private let size: Size
  private let values: UnsafeMutablePointer<Float>
  private let places: UnsafeMutablePointer<UInt8>?
  /// The epilogue of the first result; its addend that of the first.
  private let code: EpilogueCode

  init(geometry: ConvolutionGeometry, bias: Tensor<Float>?, epilogue: ConvolutionEpilogue, keepsPlaces: Bool) {
    let channels = geometry.outputChannels
    require(
      !epilogue.pools || epilogue.activation.neverFalls,
      "convolution: \(epilogue.activation) cannot be applied behind the pooling")
    self.geometry = geometry
    self.epilogue = epilogue
    size = epilogue.size(of: geometry.placement.output)
    let layout = Layout(channelsLast: [geometry.batch, channels, size.height, size.width])
    require(
      epilogue.addend.map { $0.shape == layout.shape } ?? true,
      "convolution: the addend has shape \(epilogue.addend?.shape ?? []), \(layout.shape) was expected")
    output = ConvolutionOutput(
      values: Tensor(storage: Storage(shape: layout.shape), layout: layout),
      places: keepsPlaces ? PooledPlaces(Tensor(storage: Storage(shape: layout.shape), layout: layout)) : nil)
    values = output.values.storage.pointer
    places = output.places?.values.storage.pointer
    code = EpilogueCode(epilogue, bias: bias, channels: channels)
  }

  /// Whether only the largest of each 2×2 results is kept.
  var pools: Bool { epilogue.pools }

  /// The first result, and the epilogue whose addend belongs to it.
  var start: (values: UnsafeMutablePointer<Float>, epilogue: kilim_epilogue) { (values, code.code) }

  /// The patches whose first results are at `row` of an image, which is even where results are pooled. They begin in
  /// its first column, and at `channel`.
  @inline(__always)
  func patches(image: Int, row: Int, channel: Int = 0) -> kilim_result {
    let row = epilogue.pools ? row / 2 : row
    let channels = geometry.outputChannels
    let offset = (image * size.height + row) * size.width * channels + channel
    var code = code.code
    code.bias = code.bias.map { $0 + channel }
    code.factor = code.factor.map { $0 + channel }
    code.shift = code.shift.map { $0 + channel }
    code.addend = code.addend.map { $0 + offset }
    return kilim_result(
      values: values + offset, places: places.map { $0 + offset }, rowStride: size.width * channels,
      pixelStride: channels, rows: size.height - row, columns: size.width, pools: epilogue.pools ? 1 : 0,
      epilogue: code)
  }
}

/// The gradient with respect to the output of a convolution, as patches for the kernels.
final class ConvolutionGradientSource {
  private let gradient: Tensor<Float>
  private let places: Tensor<UInt8>?
  private let size: Size
  private let channels: Int
  private let values: UnsafePointer<Float>
  private let placesAddress: UnsafePointer<UInt8>?

  init(geometry: ConvolutionGeometry, gradient: Tensor<Float>, places: PooledPlaces?) {
    let epilogue = ConvolutionEpilogue(pools: places != nil)
    channels = geometry.outputChannels
    size = epilogue.size(of: geometry.placement.output)
    let shape: Shape = [geometry.batch, channels, size.height, size.width]
    require(gradient.shape == shape, "convolution: the gradient has shape \(gradient.shape), \(shape) was expected")
    self.gradient = gradient.channelsLast()
    require(
      places.map { $0.values.shape == shape } ?? true,
      "convolution: the places have shape \(places?.values.shape ?? []), \(shape) was expected")
    self.places = places?.values.channelsLast()
    values = UnsafePointer(self.gradient.elements)
    placesAddress = self.places.map { UnsafePointer($0.elements) }
  }

  /// Whether the gradient is that of the largest of each 2×2 results.
  var pools: Bool { placesAddress != nil }

  /// The patches whose first results are at `row` of an image, which is even where results were pooled. They begin in
  /// its first column.
  @inline(__always)
  func patches(image: Int, row: Int) -> kilim_gradient {
    let row = pools ? row / 2 : row
    let offset = (image * size.height + row) * size.width * channels
    return kilim_gradient(
      values: values + offset, places: placesAddress.map { $0 + offset }, rowStride: size.width * channels,
      pixelStride: channels, rows: size.height - row, columns: size.width)
  }
}
