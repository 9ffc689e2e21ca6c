import Serialization
import Tensor

/// The tensors of one module of PyTorch.
struct PyTorchModule {
  /// The dotted path of the module, `layer1.0.conv1`.
  let path: String
  /// The shapes of its tensors by their names.
  fileprivate(set) var shapes: [String: Shape] = [:]

  /// The modules of a state dict.
  ///
  /// - Parameters:
  ///   - tensors: the tensors by their full names.
  ///   - order: the names in the order in which the modules come.
  static func all(of tensors: [String: Tensor<Float>], order: [String]) -> [PyTorchModule] {
    var modules: [PyTorchModule] = []
    var numbers: [String: Int] = [:]
    for name in order {
      guard let tensor = tensors[name] else { continue }
      let (path, last) = split(name)
      let number = numbers[path] ?? modules.count
      if number == modules.count { modules.append(PyTorchModule(path: path)) }
      numbers[path] = number
      modules[number].shapes[last] = last.isEmpty ? tensor.shape.withoutSingles : tensor.shape
    }
    return modules
  }

  /// Tensors that are parts of a block in PyTorch and layers here: the factors at the end of a residual branch in torchvision
  /// and timm.
  private static let ownModules = ["layer_scale", "gamma"]

  /// The path of the module, and the name in it.
  private static func split(_ name: String) -> (path: String, name: String) {
    if let last = name.split(separator: ".").last, ownModules.contains(String(last)) { return (name, "") }
    guard let dot = name.lastIndex(of: ".") else { return ("", name) }
    return (String(name[..<dot]), String(name[name.index(after: dot)...]))
  }
}

/// A name of a layer or module by which both sides are compared: `_blocks.0._bn1` of PyTorch and `blocks_0_bn1` are one.
func comparedName(_ path: String) -> String {
  path.split(separator: ".").map { part in
    let start = part.drop { $0 == "_" }
    return String(start[..<(start.lastIndex { $0 != "_" }.map { start.index(after: $0) } ?? start.startIndex)])
  }
  .joined(separator: "_")
}

/// What a layer and a module of one meaning have in common: the names and shapes of their tensors.
struct TensorSignature: Hashable {
  private let shapes: [String: [Int]]

  init(_ module: PyTorchModule) {
    shapes = module.shapes.mapValues { Array($0.withoutSinglePixels) }
  }

  init(_ node: LayerFlow.Node) {
    shapes = Dictionary(node.entries.map { ($0.name, Array($0.plainShape)) }) { first, _ in first }
  }
}
