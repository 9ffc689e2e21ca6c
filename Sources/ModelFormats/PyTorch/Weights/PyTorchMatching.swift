import Serialization
import Tensor

/// How the layers of a model are matched with PyTorch's modules.
public enum PyTorchMatching: Sendable {
  /// By names: `layer1_0_conv1`, or `layer1.0.conv1` of models inside of models, is PyTorch's `layer1.0.conv1`. A `_` at the
  /// beginning or end of a part makes no difference.
  case names
  /// By names, and the other layers by order: the modules with tensors of the same names and shapes, in the order of this
  /// list of the tensors' names, are the layers in the order in which the data pass them.
  ///
  /// The list is that of a file of PyTorch, ``PyTorchFile/names``: a module usually makes its parts in the order in which it
  /// uses them. A match that is not certain is an error: layers of one shape that do not depend on each other, or
  /// modules that come in another order than the data pass them. A module `downsample`, `shortcut`, `skip` or `proj` is
  /// the layer on the shorter way of its block, which PyTorch lists last.
  case order([String])
}

/// Why layers could not be matched with PyTorch's modules by their order.
public enum PyTorchMatchingError: Error, Hashable, CustomStringConvertible {
  /// There are more layers or more modules with tensors of some shapes.
  case counts(layers: [String], modules: [String])
  /// Layers with tensors of the same shapes do not follow each other.
  case ambiguous(layers: [String], modules: [String])
  /// The file lists the modules of two layers in another order than the data pass the layers.
  case order(first: String, module: String, second: String, secondModule: String)
  /// A layer takes features of an image that was flattened with channels last, as Keras does, in a way in which it is not
  /// clear which of PyTorch's features they are.
  case flattened(String)
  /// A name in `layers` is not that of a layer with parameters, or not that of a module, or occurs twice.
  case name(String)

  /// What was found, and what helps.
  public var description: String {
    switch self {
    case .counts(let layers, let modules):
      "\(Self.list(layers, "layer")) of the model and \(Self.list(modules, "module")) of PyTorch have tensors of the same "
        + "shapes; expected as many of each. Name what stays as it is by leaving:, or map layers by layers:"
    case .ambiguous(let layers, let modules):
      "the layers \(layers.joined(separator: " and ")) do not depend on each other, so it is not certain which one is "
        + "\(modules.joined(separator: " and which one is ")) of PyTorch; map one of them by layers:"
    case .order(let first, let module, let second, let secondModule):
      "the model computes \(first) before \(second), and PyTorch's file lists \(secondModule) before \(module); map the layers "
        + "by layers:"
    case .flattened(let layer):
      "the layer \(layer) takes features of an image that is flattened with channels last, joined with others or in another "
        + "shape; PyTorch flattens with channels first, and its weights cannot be put into this order"
    case .name(let name): "\(name) in layers: is no layer with parameters or no module, or occurs twice"
    }
  }

  private static func list(_ names: [String], _ kind: String) -> String {
    guard !names.isEmpty else { return "no \(kind)" }
    let shown = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
    return "\(counted(names.count, kind)) (\(shown))"
  }
}
