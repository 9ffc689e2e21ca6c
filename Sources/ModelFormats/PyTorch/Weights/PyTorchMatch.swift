import NN
import Tensor

/// Which module of PyTorch each layer is.
struct PyTorchMatch {
  /// The layers in the order of their calls, and the paths of their modules.
  let pairs: [(node: LayerFlow.Node, module: String)]

  /// A count that PyTorch's normalizations have and that has no use in inference.
  static let batchCount = "num_batches_tracked"

  /// - Throws: `StateError` for a layer or module without a counterpart, ``PyTorchMatchingError`` where the order is not clear.
  init(
    _ nodes: [LayerFlow.Node], _ tensors: [String: Tensor<Float>], layers: [String: String], matching: PyTorchMatching
  ) throws {
    let order = if case .order(let names) = matching { names } else { tensors.keys.sorted() }
    let modules = PyTorchModule.all(of: tensors, order: order)
    var found = try Self.mapped(nodes, modules, layers)
    let taken = Set(found.values)
    let named = Dictionary(grouping: modules.indices.filter { !taken.contains($0) }) { comparedName(modules[$0].path) }
    let nodeNames = Dictionary(grouping: nodes.indices) { comparedName(nodes[$0].path) }
    for (name, group) in nodeNames where group.count == 1 && found[group[0]] == nil {
      guard let same = named[name], same.count == 1 else { continue }
      // By order, one name may mean two things: `bn1` is the first normalization here and the last one there.
      if case .order = matching, TensorSignature(nodes[group[0]]) != TensorSignature(modules[same[0]]) { continue }
      found[group[0]] = same[0]
    }
    if case .order = matching {
      let taken = Set(found.values)
      found = try OrderMatching(nodes, modules).pairs(
        nodes.indices.filter { found[$0] == nil }, modules.indices.filter { !taken.contains($0) }, known: found)
    }
    if let open = nodes.indices.first(where: { found[$0] == nil }), let entry = nodes[open].entries.first {
      throw StateError.missing(entry.stateName, entry.shape)
    }
    pairs = nodes.indices.map { (nodes[$0], modules[found[$0] ?? 0].path) }
  }

  /// Those that the caller has mapped.
  private static func mapped(
    _ nodes: [LayerFlow.Node], _ modules: [PyTorchModule], _ layers: [String: String]
  ) throws(PyTorchMatchingError) -> [Int: Int] {
    var found: [Int: Int] = [:]
    for (path, module) in layers.sorted(by: { $0.key < $1.key }) {
      guard let node = nodes.firstIndex(where: { $0.path == path }) else { throw .name(path) }
      guard let number = modules.firstIndex(where: { $0.path == module }), !found.values.contains(number) else {
        throw .name(module)
      }
      found[node] = number
    }
    return found
  }
}
