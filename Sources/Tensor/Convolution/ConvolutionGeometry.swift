/// The checked sizes of one two-dimensional convolution, for the forward pass and the gradients.
struct ConvolutionGeometry {
  let batch, groups: Int
  let inputChannels, outputChannels: Int
  let placement: WindowPlacement

  /// Takes the sizes from the shapes `[N, C, H, W]` and `[O, C / groups, kh, kw]`. Stops if they do not fit.
  init(input: Shape, weight: Shape, window: Window, groups: Int) {
    require(
      input.rank == 4 && weight.rank == 4,
      "convolution: input [N, C, H, W] and weight [O, C / groups, kh, kw] are needed, found \(input) and \(weight)")
    require(
      groups >= 1 && input[1] == weight[1] * groups && weight[0] % groups == 0,
      "convolution: \(groups) groups do not fit input \(input) and weight \(weight)")
    require(
      window.size == Size(height: weight[2], width: weight[3]),
      "convolution: the window is \(window.size), the weight \(weight)")
    guard let placement = window.placement(onHeight: input[2], width: input[3]) else {
      stop(
        "convolution: the window of weight \(weight) does not fit into input \(input) with padding \(window.padding)")
    }
    batch = input[0]
    self.groups = groups
    (inputChannels, outputChannels) = (input[1], weight[0])
    self.placement = placement
  }

  /// Shape of the images, `[N, C, H, W]`.
  var inputShape: Shape { [batch, inputChannels, placement.input.height, placement.input.width] }

  /// Shape of the weight, `[O, C / groups, kh, kw]`.
  var weightShape: Shape {
    [outputChannels, inputChannelsPerGroup, placement.window.size.height, placement.window.size.width]
  }

  /// Whether input, weight or result have no elements.
  var isEmpty: Bool { [inputShape, weightShape, outputShape].contains { $0.contains(0) } }

  /// Stops unless an input has the shape of the images.
  func requireInput(_ shape: Shape) {
    require(shape == inputShape, "convolution: the input has shape \(shape), \(inputShape) was expected")
  }

  /// Stops unless a weight, or what was prepared from it, has the shape of the weight.
  func requireWeight(_ shape: Shape) {
    require(shape == weightShape, "convolution: the weight has shape \(shape), \(weightShape) was expected")
  }

  /// Shape of the result, `[N, O, oh, ow]`.
  var outputShape: Shape { [batch, outputChannels, placement.output.height, placement.output.width] }

  var inputChannelsPerGroup: Int { inputChannels / groups }
  var outputChannelsPerGroup: Int { outputChannels / groups }

  /// Elements of one filter, which is the number of rows of the matrix of columns of a group.
  var filterSize: Int { inputChannelsPerGroup * placement.window.size.area }

  /// Elements of one image, and of the channels of one group of it.
  var inputImageSize: Int { inputChannels * placement.input.area }
  var inputGroupSize: Int { inputChannelsPerGroup * placement.input.area }

  /// Elements of one result, and of the channels of one group of it.
  var outputImageSize: Int { outputChannels * placement.output.area }
  var outputGroupSize: Int { outputChannelsPerGroup * placement.output.area }

  /// Elements of the filters of one group.
  var groupWeightSize: Int { outputChannelsPerGroup * filterSize }

  /// Whether the matrix of columns is the image itself: a 1×1 window that moves by 1.
  var columnsAreInput: Bool {
    placement.window.size == 1 && placement.window.stride == 1 && placement.input == placement.output
  }
}
