import NN
import Serialization
import Tensor

/// A parameter or buffer of a layer, and what PyTorch's module of the same meaning has in its place.
struct PyTorchEntry {
  /// The name in the state of the model: `conv2d.weight`.
  let stateName: String
  /// The name in the module: `weight`, `running_mean`; empty for a layer that is a tensor of a larger module there.
  let name: String
  /// The shape in the model.
  let shape: Shape
  /// Whether the first axis is that of the features that the layer takes.
  let isPerFeature: Bool
  /// Whether the module has the two axes the other way around: PyTorch's linear layer has outputs × inputs.
  let isTransposed: Bool
  /// Whether the module has no axes of length 1 for the places that the layer has them for: PyTorch has `[C]` for the slopes
  /// `[C, 1, 1]` of an image.
  private let ignoresSingles: Bool

  /// - Parameters:
  ///   - property: the name of the parameter or buffer in its layer.
  ///   - layer: the layer that has it.
  init(_ property: String, of layer: any Layer, stateName: String, shape: Shape) {
    self.stateName = stateName
    self.shape = shape
    name = layer is LayerScale ? "" : Self.names[property] ?? property
    let isLinear = layer is Dense || layer is Projection
    isTransposed = isLinear && property == "weight"
    isPerFeature = !isLinear || property == "weight"
    ignoresSingles = layer is LayerScale || layer is PReLU
  }

  /// What PyTorch calls the properties of layers. A property that is not here has the same name there.
  private static let names = [
    "scale": "weight", "shift": "bias", "runningMean": "running_mean", "runningVariance": "running_var",
    "slope": "weight",
  ]

  /// The shape in PyTorch, without the axes of a window of one pixel.
  var plainShape: Shape {
    if isTransposed { return Shape(shape.reversed()) }
    return ignoresSingles ? shape.withoutSingles : shape.withoutSinglePixels
  }

  /// The values of PyTorch's tensor in the layout of the model.
  ///
  /// A linear layer and a convolution with a window of one pixel mean the same, so each takes the other's weight.
  ///
  /// - Throws: `StateError.shape` if the shapes differ.
  func value(of tensor: Tensor<Float>, called full: String) throws(StateError) -> Tensor<Float> {
    let found = ignoresSingles ? tensor.shape.withoutSingles : tensor.shape.withoutSinglePixels
    guard found == plainShape else {
      throw .shape(full, found: tensor.shape, expected: isTransposed || ignoresSingles ? plainShape : shape)
    }
    if isTransposed { return tensor.reshaped(to: Array(plainShape)).transposed().contiguous() }
    return tensor.reshaped(to: Array(shape))
  }
}

extension Shape {
  /// The shape of a weight `[O, I, 1, 1]` or `[O, I, 1]` as `[O, I]`; any other shape as it is.
  var withoutSinglePixels: Shape {
    rank > 2 && dropFirst(2).allSatisfy { $0 == 1 } ? Shape(prefix(2)) : self
  }

  /// The axes that are longer than 1, and at least one: what is left of the shape `[C, 1, 1]` of numbers for channels.
  var withoutSingles: Shape {
    let lengths = filter { $0 != 1 }
    return lengths.isEmpty && !isEmpty ? [1] : Shape(lengths)
  }
}
