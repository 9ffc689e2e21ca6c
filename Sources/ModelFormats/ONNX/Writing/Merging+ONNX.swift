import NN
import Tensor

// ONNX's operations take any number of inputs, and broadcast from the last axis on; the shapes are made equally long before.

extension Add: ONNXMergingLayer {
  func add(to graph: inout ONNXGraph, merging inputs: [String], name: String, inputShapes: [Shape]) throws -> String {
    graph.add("Sum", graph.aligned(inputs, inputShapes, name: name), name: name)
  }
}

extension Subtract: ONNXMergingLayer {
  func add(to graph: inout ONNXGraph, merging inputs: [String], name: String, inputShapes: [Shape]) throws -> String {
    graph.add("Sub", graph.aligned(inputs, inputShapes, name: name), name: name)
  }
}

extension Multiply: ONNXMergingLayer {
  func add(to graph: inout ONNXGraph, merging inputs: [String], name: String, inputShapes: [Shape]) throws -> String {
    let aligned = graph.aligned(inputs, inputShapes, name: name)
    // A Mul takes two.
    var product = aligned[0]
    for (index, input) in aligned.enumerated().dropFirst() {
      let isLast = index == aligned.count - 1
      product = graph.add("Mul", [product, input], name: isLast ? name : "\(name).product\(index)")
    }
    return product
  }
}

extension Average: ONNXMergingLayer {
  func add(to graph: inout ONNXGraph, merging inputs: [String], name: String, inputShapes: [Shape]) throws -> String {
    graph.add("Mean", graph.aligned(inputs, inputShapes, name: name), name: name)
  }
}

extension Maximum: ONNXMergingLayer {
  func add(to graph: inout ONNXGraph, merging inputs: [String], name: String, inputShapes: [Shape]) throws -> String {
    graph.add("Max", graph.aligned(inputs, inputShapes, name: name), name: name)
  }
}

extension Minimum: ONNXMergingLayer {
  func add(to graph: inout ONNXGraph, merging inputs: [String], name: String, inputShapes: [Shape]) throws -> String {
    graph.add("Min", graph.aligned(inputs, inputShapes, name: name), name: name)
  }
}

extension Concatenate: ONNXMergingLayer {
  func add(to graph: inout ONNXGraph, merging inputs: [String], name: String, inputShapes: [Shape]) throws -> String {
    let axis = resolvedAxis(rank: inputShapes[0].rank) + 1
    return graph.add("Concat", inputs, name: name, ["axis": .integer(axis)])
  }
}

extension Dot: ONNXMergingLayer {
  func add(to graph: inout ONNXGraph, merging inputs: [String], name: String, inputShapes: [Shape]) throws -> String {
    var rest: [Int] = []
    var rows: [String] = []
    for index in inputs.indices {
      let (shape, part) = (inputShapes[index], "\(name).input\(index)")
      let axis = shape.resolve(axis: axes[index], in: "Dot")
      let order = ElementOrder.channelsLast.axes(rank: shape.rank).filter { $0 != axis }
      rest += order.map { shape[$0] }
      let turned = graph.add(
        "Transpose", [inputs[index]], name: "\(part).turned",
        ["perm": .integers([0] + (order + [axis]).map { $0 + 1 })])
      // 0 keeps the number of examples.
      let size = graph.add([0, order.reduce(1) { $0 * shape[$1] }, shape[axis]], name: "\(part).shape")
      let matrix = graph.add("Reshape", [turned, size], name: "\(part).rows")
      rows.append(normalizes ? graph.unitRows(of: matrix, name: part) : matrix)
    }
    let second = graph.add("Transpose", [rows[1]], name: "\(name).columns", ["perm": .integers([0, 2, 1])])
    let product = graph.add("MatMul", [rows[0], second], name: "\(name).product")
    let size = graph.add([0] + (rest.isEmpty ? [1] : rest), name: "\(name).shape")
    guard rest.count > 2 else { return graph.add("Reshape", [product, size], name: name) }
    let image = graph.add("Reshape", [product, size], name: "\(name).image")
    let places = ElementOrder.channelsLast.places(rank: rest.count)
    return graph.add("Transpose", [image], name: name, ["perm": .integers([0] + places.map { $0 + 1 })])
  }
}

extension ONNXGraph {
  /// Gives values as many axes as the longest has, as Kilim's merging layers do.
  mutating func aligned(_ inputs: [String], _ shapes: [Shape], name: String) -> [String] {
    let rank = shapes.map(\.rank).max() ?? 0
    return inputs.indices.map { index in
      let shape = shapes[index]
      guard shape.rank < rank else { return inputs[index] }
      let part = "\(name).input\(index)"
      // A sequence [T, F] meets the columns and channels of an image.
      let isTurned = rank == 3 && shape.rank == 2
      let ordered =
        isTurned
        ? add("Transpose", [inputs[index]], name: "\(part).turned", ["perm": .integers([0, 2, 1])]) : inputs[index]
      let size = add([0] + MergedInputs.aligned(shape, toRank: rank), name: "\(part).shape")
      return add("Reshape", [ordered, size], name: "\(part).aligned")
    }
  }

  /// The rows of matrices divided by their lengths, as `Dot` does.
  fileprivate mutating func unitRows(of matrix: String, name: String) -> String {
    let length = add("ReduceL2", [matrix], name: "\(name).length", ["axes": .integers([-1]), "keepdims": .integer(1)])
    let least = add(Tensor(scalar: 1e-7), name: "\(name).least")
    let divisor = add("Max", [length, least], name: "\(name).divisor")
    return add("Div", [matrix, divisor], name: "\(name).unit")
  }
}
