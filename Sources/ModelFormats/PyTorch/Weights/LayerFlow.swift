import Autograd
import NN
import Tensor

/// The layers of a network that have parameters or buffers, in the order of their calls, and which of them each depends on.
struct LayerFlow {
  /// A layer with parameters or buffers of its own.
  struct Node {
    /// The dotted path that leads to it.
    let path: String
    let entries: [PyTorchEntry]
    /// The nodes that its input depends on.
    let above: NodeSet
    /// The order of its features, where they are an image that was flattened with channels last. PyTorch flattens it with
    /// channels first.
    let image: FlattenedImage?
  }

  /// What is known of a value of the network.
  private struct Value {
    /// The nodes that it depends on.
    var above = NodeSet()
    /// As in ``Node/image``.
    var image: FlattenedImage?
    var shape: Shape?
  }

  /// Those of models inside are spelled out.
  private(set) var nodes: [Node] = []

  private var seen: Set<ObjectIdentifier> = []
  private let entries: [String: [PyTorchEntry]]

  /// - Throws: ``PyTorchMatchingError/flattened(_:)``.
  init(_ layer: any Layer) throws(PyTorchMatchingError) {
    entries = Self.entries(of: layer)
    _ = try visit(layer, path: "", [Value()], output: nil)
  }

  /// The parameters and buffers by the path of the layer that has them.
  private static func entries(of root: any Layer) -> [String: [PyTorchEntry]] {
    let layers = Dictionary(root.layersByPath.map { ($0.path, $0.layer) }) { first, _ in first }
    let shapes =
      root.namedParameters.map { ($0.name, $0.parameter.value.shape) }
      + root.namedBuffers.map { ($0.name, $0.buffer.value.shape) }
    var entries: [String: [PyTorchEntry]] = [:]
    for (name, shape) in shapes {
      // A property may have a dot in its name, as an element of an array.
      var path = name
      repeat {
        path = String(path[..<(path.lastIndex(of: ".") ?? path.startIndex)])
      } while layers[path] == nil && !path.isEmpty
      guard let layer = layers[path] else { continue }
      let property = String(name.dropFirst(path.isEmpty ? 0 : path.count + 1))
      entries[path, default: []].append(PyTorchEntry(property, of: layer, stateName: name, shape: shape))
    }
    return entries
  }

  /// Adds a layer and those inside, and returns what is known of its output.
  private mutating func visit(
    _ layer: any Layer, path: String, _ inputs: [Value], output shape: Shape?
  ) throws(PyTorchMatchingError) -> Value {
    func inner(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
    var output = Value(shape: shape)
    for input in inputs { output.above.formUnion(input.above) }
    let above = output.above
    if seen.insert(ObjectIdentifier(layer)).inserted, let own = entries[path] {
      if inputs.count > 1, inputs.contains(where: { $0.image != nil }) { throw .flattened(path) }
      output.above.insert(nodes.count)
      nodes.append(Node(path: path, entries: own, above: above, image: inputs.first?.image))
    }
    output.image = try image(of: layer, path, inputs, output: shape)
    guard let model = layer as? Model else {
      // Nothing is known of the order in which a layer calls those inside.
      for child in layer.children {
        output.above.formUnion(try visit(child.layer, path: inner(child.name), inputs, output: shape).above)
      }
      return output
    }
    let shapes = model.shapes(for: inputs.compactMap(\.shape))
    var values = (0..<model.graph.inputCount).map { number in
      Value(
        above: output.above, image: inputs.count == model.graph.inputCount ? inputs[number].image : nil,
        shape: number < shapes.count ? shapes[number] : nil)
    }
    for call in model.graph.calls {
      let (name, layer) = model.children[call.layer]
      for number in call.outputs {
        values.append(
          try visit(
            layer, path: inner(name), call.inputs.map { values[$0] },
            output: number < shapes.count ? shapes[number] : nil))
      }
    }
    for value in model.graph.outputs { output.above.formUnion(values[value].above) }
    output.image = model.graph.outputs.count == 1 ? values[model.graph.outputs[0]].image : nil
    return output
  }

  /// The order of the features behind a layer.
  private func image(
    of layer: any Layer, _ path: String, _ inputs: [Value], output: Shape?
  ) throws(PyTorchMatchingError) -> FlattenedImage? {
    if layer.flattensChannelsLast, output?.rank == 1, let shape = inputs.first?.shape, shape.rank == 3,
      !shape.isSameInEitherOrder
    {
      return FlattenedImage(channels: shape[0], height: shape[1], width: shape[2])
    }
    guard let image = inputs.lazy.compactMap(\.image).first, !(layer is Dense), !(layer is Model) else { return nil }
    // Another shape, or features in another order beside these.
    guard output == inputs.first?.shape, inputs.allSatisfy({ $0.image == image }) else { throw .flattened(path) }
    return image
  }
}

extension Layer {
  /// Whether the layer joins the axes of an image in the order that Keras has.
  fileprivate var flattensChannelsLast: Bool {
    (self as? Flatten)?.order == .channelsLast || (self as? Reshape)?.order == .channelsLast
  }
}

/// A set of the numbers of nodes, one bit for each.
struct NodeSet: Equatable {
  private var words: [UInt64] = []

  /// The number of elements.
  var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  func contains(_ number: Int) -> Bool {
    number / 64 < words.count && words[number / 64] >> UInt64(number % 64) & 1 == 1
  }

  mutating func insert(_ number: Int) {
    while words.count <= number / 64 { words.append(0) }
    words[number / 64] |= 1 << UInt64(number % 64)
  }

  mutating func formUnion(_ other: NodeSet) {
    while words.count < other.words.count { words.append(0) }
    for index in other.words.indices { words[index] |= other.words[index] }
  }

  /// The number of elements that the other set has not.
  func count(outside other: NodeSet) -> Int {
    words.indices.reduce(0) { $0 + (words[$1] & ~($1 < other.words.count ? other.words[$1] : 0)).nonzeroBitCount }
  }
}
