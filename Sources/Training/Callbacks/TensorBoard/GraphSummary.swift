import NN
import Serialization
import Tensor

extension ProtobufMessage {
  /// The network as TensorFlow's `GraphDef`, with a node for each input and each call of a layer. Models inside are groups.
  init(graphOf model: Model) {
    self.init()
    var nodes = GraphNodes()
    let inputs = zip(model.inputNames, model.inputShapes).map { name, shape in
      nodes.add(name: nodes.unused(name), operation: "Input", inputs: [], shapes: [shape])
    }
    nodes.add(model, inputs: inputs, below: "")
    for node in nodes.messages { add(1, node) }
    // The version of the format, `versions { producer: 22 }`.
    add(4, ProtobufMessage { $0.add(1, 22) })
  }
}

/// The nodes of a graph so far.
private struct GraphNodes {
  private(set) var messages: [ProtobufMessage] = []
  private var names: Set<String> = []

  /// A name that no node has.
  func unused(_ name: String) -> String {
    guard names.contains(name) else { return name }
    var number = 1
    while names.contains("\(name)_\(number)") { number += 1 }
    return "\(name)_\(number)"
  }

  /// Adds a node, and returns its name.
  mutating func add(name: String, operation: String, inputs: [String], shapes: [Shape]) -> String {
    names.insert(name)
    messages.append(
      ProtobufMessage { node in
        node.add(1, name)
        node.add(2, operation)
        for input in inputs { node.add(3, input) }
        guard !shapes.isEmpty else { return }
        let list = ProtobufMessage { list in for shape in shapes { list.add(7, Self.message(shape)) } }
        node.add(
          5,
          ProtobufMessage { entry in
            entry.add(1, "_output_shapes")
            entry.add(2, ProtobufMessage { $0.add(1, list) })
          })
      })
    return name
  }

  /// Adds the calls of a model, and returns the nodes of its outputs.
  @discardableResult
  mutating func add(
    _ model: Model, inputs: [String], shapes inputShapes: [Shape]? = nil, below path: String
  ) -> [String] {
    var values = inputs
    let shapes = inputShapes.map(model.shapes(for:)) ?? model.shapes
    for call in model.graph.calls {
      let (name, layer) = model.children[call.layer]
      let place = unused(path.isEmpty ? name : "\(path)/\(name)")
      let arguments = call.inputs.map { values[$0] }
      if let inner = layer as? Model {
        names.insert(place)
        let innerShapes = shapes.isEmpty ? nil : call.inputs.map { shapes[$0] }
        values += add(inner, inputs: arguments, shapes: innerShapes, below: place)
      } else {
        let outputs = shapes.isEmpty ? [] : Array(shapes[call.outputs])
        let node = add(name: place, operation: "\(type(of: layer))", inputs: arguments, shapes: outputs)
        values += call.outputs.indices.map {
          $0 == call.outputs.lowerBound ? node : "\(node):\($0 - call.outputs.lowerBound)"
        }
      }
    }
    return model.graph.outputs.map { values[$0] }
  }

  /// The shape of a batch: -1 for the number of examples, then the axes of one example.
  private static func message(_ shape: Shape) -> ProtobufMessage {
    ProtobufMessage { message in
      for size in [-1] + shape { message.add(2, ProtobufMessage { $0.add(1, size) }) }
    }
  }
}
