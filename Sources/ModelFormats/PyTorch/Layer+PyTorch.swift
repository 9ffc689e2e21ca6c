import Autograd
import NN
import Tensor

extension Layer {
  /// Sets parameters and buffers from tensors that PyTorch has saved, such as those of a `.safetensors` file.
  ///
  /// ```swift
  /// let file = try Safetensors(contentsOf: "resnet.safetensors")
  /// try model.load(pyTorch: file.tensors, layers: ["conv2d": "conv1", "batch_norm": "bn1", "dense": "fc"])
  /// ```
  ///
  /// Layouts are converted: the weight of a linear layer is transposed; `weight` and `bias` of a normalization become its
  /// scale and shift. PyTorch's normalization has ε = 1e-5; make the layer with `BatchNorm(epsilon: 1e-5)`. Its running
  /// variance is the unbiased one, which is read as it is.
  ///
  /// - Parameters:
  ///   - tensors: by PyTorch's names, `conv1.weight`, `bn1.running_mean`. `num_batches_tracked` is ignored.
  ///   - layers: for each layer with parameters, by its dotted name, the name of its module in PyTorch.
  /// - Throws: `StateError` with PyTorch's name of a tensor that is missing, that is left over, or that has another shape;
  ///   with the name of a layer that is not in `layers`. Nothing is changed then.
  public func load(pyTorch tensors: [String: Tensor<Float>], layers: [String: String]) throws {
    var rest = tensors.filter { !$0.key.hasSuffix("num_batches_tracked") }
    var new: [String: Tensor<Float>] = [:]
    for (name, current) in state.sorted(by: { $0.key < $1.key }) {
      let split = name.lastIndex(of: ".") ?? name.startIndex
      let property = String(name[split...].drop { $0 == "." })
      guard let module = layers[String(name[..<split])] else { throw StateError.missing(name, current.shape) }
      let found = "\(module).\(names[property] ?? property)"
      guard let tensor = rest.removeValue(forKey: found) else { throw StateError.missing(found, current.shape) }
      // A linear layer keeps its weight as outputs × inputs. That of a convolution has four axes.
      let value = property == "weight" && tensor.rank == 2 ? tensor.transposed().contiguous() : tensor
      guard value.shape == current.shape else {
        throw StateError.shape(found, found: value.shape, expected: current.shape)
      }
      new[name] = value
    }
    if let unknown = rest.keys.min() { throw StateError.unknown(unknown) }
    try load(state: new)
  }
}

/// What PyTorch calls the properties of layers.
private let names = [
  "scale": "weight", "shift": "bias", "runningMean": "running_mean", "runningVariance": "running_var",
]
