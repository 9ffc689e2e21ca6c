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
  /// Layouts are brought together: the weight of a linear layer is turned round, `weight` and `bias` of a normalization
  /// are its scale and shift. The normalization of PyTorch has ε = 1e-5 and keeps the unbiased variance; make the layer
  /// with `BatchNorm(epsilon: 1e-5)`.
  ///
  /// - Parameters:
  ///   - tensors: by PyTorch's names, `conv1.weight`, `bn1.running_mean`. `num_batches_tracked` is passed over.
  ///   - layers: for each layer with parameters, by its dotted name, the name of its module in PyTorch.
  /// - Throws: `StateError` when a tensor is missing, is left over, or has another shape, by PyTorch's name; when a layer
  ///   has no counterpart in `layers`, by its own. Nothing is changed then.
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
