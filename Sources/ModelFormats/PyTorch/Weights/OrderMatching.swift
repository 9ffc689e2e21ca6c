/// Matches layers with modules of PyTorch by the order of both.
struct OrderMatching {
  private let nodes: [LayerFlow.Node]
  private let modules: [PyTorchModule]
  /// The place of each module in the order of the data.
  private let places: [Double]

  init(_ nodes: [LayerFlow.Node], _ modules: [PyTorchModule]) {
    (self.nodes, self.modules) = (nodes, modules)
    // A shortcut is listed behind the block that it leads around. The data pass it first.
    places = modules.indices.map { index in
      guard let block = modules[index].block else { return Double(index) }
      let first = modules.firstIndex { $0.path.hasPrefix(block) } ?? index
      return Double(first) - 1 + Double(index + 1) / Double(modules.count + 1)
    }
  }

  /// The module of each layer, as numbers.
  ///
  /// - Parameters:
  ///   - openNodes: the layers to match.
  ///   - openModules: the modules to match.
  ///   - known: the module of each layer that was matched before.
  /// - Throws: ``PyTorchMatchingError`` if there is no certain match.
  func pairs(
    _ openNodes: [Int], _ openModules: [Int], known: [Int: Int]
  ) throws(PyTorchMatchingError) -> [Int: Int] {
    let groups = groups(openNodes, openModules)
    for (layers, modules) in groups where layers.count != modules.count {
      throw .counts(layers: layers.map { nodes[$0].path }, modules: modules.map { self.modules[$0].path })
    }
    var pairs = known
    for (layers, modules) in groups {
      for (node, module) in zip(layers, modules) { pairs[node] = module }
      try check(layers, modules)
    }
    try checkOrder(pairs)
    return pairs
  }

  /// The layers and the modules with tensors of the same names and shapes, each in the order of the data.
  private func groups(_ openNodes: [Int], _ openModules: [Int]) -> [(layers: [Int], modules: [Int])] {
    let layers = Dictionary(grouping: openNodes) { TensorSignature(nodes[$0]) }
    let modules = Dictionary(grouping: openModules) { TensorSignature(self.modules[$0]) }
    // In the order of the model and the file, so that the same error is found first each time.
    func place(_ signature: TensorSignature) -> (layer: Int, module: Int) {
      (layers[signature]?.first ?? .max, modules[signature]?.first ?? .max)
    }
    return Set(layers.keys).union(modules.keys).sorted { place($0) < place($1) }.map { signature in
      (
        (layers[signature] ?? []).sorted { (nodes[$0].above.count, $0) < (nodes[$1].above.count, $1) },
        (modules[signature] ?? []).sorted { places[$0] < places[$1] }
      )
    }
  }

  /// Layers of one shape must depend on each other, one by one, but for a shortcut and the block that it leads around: the
  /// shortcut has fewer layers of its own above.
  private func check(_ layers: [Int], _ modules: [Int]) throws(PyTorchMatchingError) {
    for index in layers.indices.dropLast() {
      let (first, second) = (layers[index], layers[index + 1])
      if nodes[second].above.contains(first) { continue }
      let isShortcut =
        self.modules[modules[index]].block.map { self.modules[modules[index + 1]].path.hasPrefix($0) } ?? false
      guard isShortcut, self.modules[modules[index + 1]].block == nil,
        nodes[first].above.count(outside: nodes[second].above) < nodes[second].above.count(outside: nodes[first].above)
      else {
        throw .ambiguous(
          layers: [nodes[first].path, nodes[second].path],
          modules: [self.modules[modules[index]].path, self.modules[modules[index + 1]].path])
      }
    }
  }

  /// What a layer depends on must come first in the file too: otherwise the order of the file means something else.
  private func checkOrder(_ pairs: [Int: Int]) throws(PyTorchMatchingError) {
    let matched = pairs.sorted { $0.key < $1.key }
    for (second, secondModule) in matched {
      for (first, module) in matched where nodes[second].above.contains(first) && places[module] > places[secondModule]
      {
        throw .order(
          first: nodes[first].path, module: modules[module].path, second: nodes[second].path,
          secondModule: modules[secondModule].path)
      }
    }
  }
}

extension PyTorchModule {
  /// The path of the block that the module leads around, with a dot at its end; `nil` for a module that is no shortcut.
  fileprivate var block: String? {
    let parts = path.split(separator: ".", omittingEmptySubsequences: false)
    guard let place = parts.firstIndex(where: { Self.shortcuts.contains(String($0)) }), place > 0 else { return nil }
    return parts[..<place].joined(separator: ".") + "."
  }

  private static let shortcuts: Set<String> = ["downsample", "shortcut", "skip", "proj"]
}
