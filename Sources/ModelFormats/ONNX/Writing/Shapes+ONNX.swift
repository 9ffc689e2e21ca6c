import NN
import Tensor

extension GlobalAveragePool2D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    addGlobalPooling("GlobalAveragePool", to: &graph, input: input, name: name, keepsAxes: keepsAxes)
  }
}

extension GlobalMaxPool2D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    addGlobalPooling("GlobalMaxPool", to: &graph, input: input, name: name, keepsAxes: keepsAxes)
  }
}

private func addGlobalPooling(
  _ operation: String, to graph: inout ONNXGraph, input: String, name: String, keepsAxes: Bool
) -> String {
  if keepsAxes { return graph.add(operation, [input], name: name) }
  // Where the file is read, the pooling is the layer, and the flattening is none.
  let pooled = graph.add(operation, [input], outputs: ["\(name).pooled"], [], node: name)
  return graph.add("Flatten", pooled, outputs: [name], [("axis", .integer(1))], node: "\(name).flat")[0]
}

extension Flatten: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let ordered = graph.add(input, inOrder: order, of: inputShape, name: name)
    return graph.add("Flatten", [ordered], name: name, ["axis": .integer(1)])
  }
}

extension Reshape: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let target = resolvedShape(of: inputShape) ?? []
    let ordered = graph.add(input, inOrder: order, of: inputShape, name: name)
    guard order == .channelsLast, target.rank > 2 else {
      // 0 keeps the number of examples.
      return graph.add("Reshape", [ordered, graph.add([0] + Array(target), name: "\(name).shape")], name: name)
    }
    let shape = graph.add([0] + order.axes(rank: target.rank).map { target[$0] }, name: "\(name).shape")
    let image = graph.add("Reshape", [ordered, shape], name: "\(name).reshaped")
    return graph.add(
      "Transpose", [image], name: name, ["perm": .integers([0] + order.places(rank: target.rank).map { $0 + 1 })])
  }
}

extension Permute: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    graph.add("Transpose", [input], name: name, ["perm": .integers([0] + axes.map { $0 + 1 })])
  }
}

extension Cropping2D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let starts = graph.add([top, left], name: "\(name).starts")
    let ends = graph.add([inputShape[1] - bottom, inputShape[2] - right], name: "\(name).ends")
    return graph.add("Slice", [input, starts, ends, graph.add([2, 3], name: "\(name).axes")], name: name)
  }
}

extension ONNXGraph {
  /// Adds what brings the elements of images into an order.
  fileprivate mutating func add(
    _ input: String, inOrder order: ElementOrder, of shape: Shape, name: String
  ) -> String {
    guard order == .channelsLast, shape.rank > 2 else { return input }
    return add(
      "Transpose", [input], name: "\(name).ordered",
      ["perm": .integers([0] + order.axes(rank: shape.rank).map { $0 + 1 })])
  }
}
