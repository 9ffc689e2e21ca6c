import Autograd
import Tensor

/// The layer whose products an ``InferredConvolution`` computes.
enum InferredProducts: Sendable {
  case convolution(any ImageConvolution)
  /// A layer on each pixel by itself: a convolution whose window is one pixel.
  case pixels(Dense)

  /// The function that the layer itself applies to the result.
  var activation: Activation {
    switch self {
    case .convolution(let layer): layer.activation
    case .pixels(let layer): layer.activation
    }
  }

  /// The number of groups.
  var groups: Int {
    switch self {
    case .convolution(let layer): layer.groups
    case .pixels: 1
    }
  }

  /// Whether Winograd's transforms are not used.
  var isExact: Bool {
    switch self {
    case .convolution(let layer): layer.isExact
    case .pixels: true
    }
  }

  /// The values of weight and bias.
  var storages: [TensorStorage] {
    switch self {
    case .convolution(let layer): [layer.weight.storage, layer.bias?.storage].compactMap(\.self)
    case .pixels(let layer): [layer.weight.storage, layer.bias?.storage].compactMap(\.self)
    }
  }

  /// The filters, `[O, C / groups, kh, kw]`.
  var weight: Tensor<Float> {
    switch self {
    case .convolution(let layer): layer.weight.value
    case .pixels(let layer): layer.filters
    }
  }

  /// The shape of the filters.
  var weightShape: Shape {
    switch self {
    case .convolution(let layer): layer.weight.value.shape
    case .pixels(let layer): [layer.weight.value.shape[1], layer.weight.value.shape[0], 1, 1]
    }
  }

  /// Added to each output channel, `[O]`; `nil` for none.
  var bias: Tensor<Float>? {
    switch self {
    case .convolution(let layer): layer.bias?.value
    case .pixels(let layer): layer.bias?.value
    }
  }

  /// Stops unless the layer can take a batch of the given shape.
  func check(_ batch: Shape) {
    switch self {
    case .convolution(let layer): layer.check(batch)
    case .pixels(let layer):
      let features = layer.weight.value.shape[0]
      require(
        batch.rank == 4 && batch[1] == features, "Dense: inputs [N, \(features), H, W] are needed, found \(batch)")
    }
  }
}

extension Dense {
  /// The weight as that of a convolution of single pixels, `[units, features, 1, 1]`.
  var filters: Tensor<Float> {
    let weight = weight.value
    return weight.transposed().contiguous().reshaped(to: [weight.shape[1], weight.shape[0], 1, 1])
  }
}
