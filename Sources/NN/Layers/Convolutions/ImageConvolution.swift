import Autograd
import Tensor

/// A layer that is one convolution of images, then an activation: what can be computed together with the layers behind it.
package protocol ImageConvolution: Layer, Sendable {
  /// The window: kernel size, stride, dilation and padding.
  var window: Window { get }
  /// The number of groups, once the layer is built.
  var groups: Int { get }
  /// The function applied to the result.
  var activation: Activation { get }
  /// The penalty on the output, behind the activation; `nil` for none.
  var activityRegularizer: Regularizer? { get }
  /// Whether Winograd's transforms are not used.
  var isExact: Bool { get }
  /// The filters, `[O, C / groups, kh, kw]`.
  var weight: Parameter { get }
  /// Added to each output channel, `[O]`; `nil` for none.
  var bias: Parameter? { get }
}

extension ImageConvolution {
  /// The convolution of a batch with a window and an activation that a plan has found, and the largest of each 2×2 of its
  /// results where `pools`.
  func convolve(
    _ x: Variable<Float>, _ context: Context, window: Window, activation: Activation, pools: Bool
  ) -> Variable<Float> {
    let isReLU = activation == .relu
    check(x.shape)
    let result = x.convolution2D(
      context[weight], bias: bias.map { context[$0] }, window: window, groups: groups, appliesReLU: isReLU,
      pools: pools, isExact: isExact)
    return isReLU ? result : activation(result)
  }

  /// Stops unless the layer can take a batch of the given shape.
  func check(_ batch: Shape) {
    let channels = weight.value.shape[1] * groups
    require(
      batch.rank == 4 && batch[1] == channels,
      "\(type(of: self)): inputs [N, \(channels), H, W] are needed, found \(batch)")
  }
}
