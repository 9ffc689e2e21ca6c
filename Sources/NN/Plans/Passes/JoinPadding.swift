import Tensor

extension PlanDraft {
  /// Makes rows and columns of zeros before a convolution a part of its window, so that no padded image is written.
  mutating func joinPadding() {
    let consumers = onlyConsumers()
    for index in steps.indices {
      guard let padding = steps[index].layer as? ZeroPad2D, let next = consumers[steps[index].outputs[0]],
        let layer = steps[next].layer as? any ImageConvolution, layer.window.padding == .valid,
        layer.activityRegularizer == nil
      else { continue }
      let window = Window(
        layer.window.size, stride: layer.window.stride, dilation: layer.window.dilation,
        padding: .explicit(top: padding.top, bottom: padding.bottom, left: padding.left, right: padding.right))
      join([index, next], into: ConvolutionCall(layer, window: window), layer: layer)
    }
  }
}
