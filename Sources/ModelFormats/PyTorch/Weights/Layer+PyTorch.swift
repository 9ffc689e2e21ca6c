import NN
import Serialization
import Tensor

extension Layer {
  /// Sets parameters and buffers from tensors of PyTorch: those of a `.pth` file or of a `.safetensors` file.
  ///
  /// ```swift
  /// try model.load(pyTorch: PyTorchFile(contentsOf: "resnet18.pth").tensors)
  /// let file = try Safetensors(contentsOf: "own.safetensors")
  /// try model.load(pyTorch: file.tensors, layers: ["conv2d": "stem.conv", "dense": "head"])
  /// ```
  ///
  /// Layouts are converted: the weight of a linear layer is transposed, also that of a projection of an attention, such as
  /// `attention.query`; `weight` and `bias` of a normalization become its scale and shift. A linear layer, and a
  /// convolution with a window of one pixel, take each other's weight. Behind a `Flatten(order: .channelsLast)`, PyTorch's
  /// order of the features, channels first, is converted.
  ///
  /// **What a file does not say.** PyTorch's normalization has ε = 1e-5; make the layer with `BatchNorm(epsilon: 1e-5)`. Its
  /// convolutions of stride 2 have the same padding on all sides, which `.explicit` gives. Its running variance is the
  /// unbiased one, which is read as it is.
  ///
  /// - Parameters:
  ///   - tensors: by PyTorch's names, `conv1.weight`, `bn1.running_mean`. `num_batches_tracked` is ignored.
  ///   - layers: for layers with other names than in PyTorch, by their dotted name, the name of the module.
  ///   - matching: how all other layers are matched.
  ///   - leaving: modules of PyTorch that are not loaded, and layers that keep their values, with what is inside: `fc`.
  /// - Returns: the module of each layer.
  /// - Throws: `StateError` with PyTorch's name of a tensor that is missing, that is left over, or that has another shape;
  ///   ``PyTorchMatchingError`` where the order does not tell the layers apart. Nothing is changed then.
  @discardableResult
  public func load(
    pyTorch tensors: [String: Tensor<Float>], layers: [String: String] = [:], matching: PyTorchMatching = .names,
    leaving: [String] = []
  ) throws -> [String: String] {
    var rest = tensors.filter { name, _ in
      name != PyTorchMatch.batchCount && !name.hasSuffix("." + PyTorchMatch.batchCount) && !isPart(name, of: leaving)
    }
    let match = try PyTorchMatch(
      LayerFlow(self).nodes.filter { !isPart($0.path, of: leaving) }, rest, layers: layers, matching: matching)
    var new: [String: Tensor<Float>] = [:]
    for (node, module) in match.pairs {
      for entry in node.entries {
        let name = [module, entry.name].filter { !$0.isEmpty }.joined(separator: ".")
        guard let tensor = rest.removeValue(forKey: name) else { throw StateError.missing(name, entry.shape) }
        let value = try entry.value(of: tensor, called: name)
        new[entry.stateName] = entry.isPerFeature ? node.image?.toKeras(value) ?? value : value
      }
    }
    if let unknown = rest.keys.min() { throw StateError.unknown(unknown) }
    try load(state: new, strict: leaving.isEmpty)
    return Dictionary(match.pairs.map { ($0.node.path, $0.module) }) { first, _ in first }
  }
}

/// Whether a dotted name is one of the names or inside of it.
private func isPart(_ name: String, of names: [String]) -> Bool {
  names.contains { name == $0 || name.hasPrefix($0 + ".") }
}
