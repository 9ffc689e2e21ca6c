import Autograd
import Tensor

extension Model {
  /// The filters of the first convolution of images, `[O, I / groups, kh, kw]`, and the name of its layer; `nil`
  /// without one. On three colours they can be seen as small pictures: edges and spots in a trained network, noise in a
  /// new one.
  public var firstFilters: (layer: String, weight: Tensor<Float>)? {
    innerLayers.lazy.compactMap { path, layer, _ in
      (layer as? any ImageConvolution).map { (path, $0.weight.value) }
    }.first
  }
}
