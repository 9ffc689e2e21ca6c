import NN
import Tensor

// Kilim's sequences are [N, T, F], ONNX's windows slide over [N, F, T].

extension ONNXGraph {
  /// Adds an operation that slides a window over the steps of a sequence.
  fileprivate mutating func addWindow(
    _ operation: String, _ inputs: [String], name: String, size: Int, stride: Int, dilation: Int = 1,
    padding: SequencePadding, inputShape: Shape, groups: Int? = nil
  ) -> String {
    let overhang = max(
      ((inputShape[0] + stride - 1) / stride - 1) * stride + dilation * (size - 1) + 1 - inputShape[0], 0)
    let pads =
      switch padding {
      case .valid: [0, 0]
      case .same: [overhang / 2, overhang - overhang / 2]
      case .causal: [dilation * (size - 1), 0]
      }
    let turned = add("Transpose", [inputs[0]], name: "\(name).turned", ["perm": .integers([0, 2, 1])])
    let all = [turned] + inputs.dropFirst()
    let window = "\(name).window"
    let result: String
    if let groups {
      result = add(
        operation, all, name: window,
        [
          "kernel_shape": .integers([size]), "strides": .integers([stride]), "dilations": .integers([dilation]),
          "pads": .integers(pads), "group": .integer(groups),
        ])
    } else {
      result = add(
        operation, all, name: window,
        ["kernel_shape": .integers([size]), "strides": .integers([stride]), "pads": .integers(pads)])
    }
    return add("Transpose", [result], name: name, ["perm": .integers([0, 2, 1])])
  }

  /// Adds a part of each axis of an example.
  mutating func addSlice(_ input: String, _ ranges: [(axis: Int, range: Range<Int>)], name: String) -> String {
    let starts = add(ranges.map(\.range.lowerBound), name: "\(name).starts")
    let ends = add(ranges.map(\.range.upperBound), name: "\(name).ends")
    let axes = add(ranges.map { $0.axis + 1 }, name: "\(name).axes")
    return add("Slice", [input, starts, ends, axes], name: name)
  }

  /// Adds each example in other axes.
  mutating func addReshape(_ input: String, to shape: [Int], name: String) -> String {
    // 0 keeps the number of examples.
    add("Reshape", [input, add([0] + shape, name: "\(name).lengths")], name: name)
  }

  /// Adds copies along the axes of an example.
  fileprivate mutating func addTile(_ input: String, _ counts: [Int], name: String) -> String {
    add("Tile", [input, add([1] + counts, name: "\(name).counts")], name: name)
  }
}

extension Conv1D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) throws -> String {
    var inputs = [input, graph.add(weight.value, name: "\(name).weight")]
    if let bias { inputs.append(graph.add(bias.value, name: "\(name).bias")) }
    let sum = graph.addWindow(
      "Conv", inputs, name: "\(name).conv", size: kernelSize, stride: stride, dilation: dilation, padding: padding,
      inputShape: inputShape, groups: groups)
    return try activation.add(to: &graph, input: sum, name: name, rank: 2)
  }
}

extension DepthwiseConv1D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) throws -> String {
    var inputs = [input, graph.add(weight.value, name: "\(name).weight")]
    if let bias { inputs.append(graph.add(bias.value, name: "\(name).bias")) }
    let sum = graph.addWindow(
      "Conv", inputs, name: "\(name).conv", size: kernelSize, stride: stride, dilation: dilation, padding: padding,
      inputShape: inputShape, groups: inputShape[1])
    return try activation.add(to: &graph, input: sum, name: name, rank: 2)
  }
}

extension SeparableConv1D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) throws -> String {
    let depthwise = graph.addWindow(
      "Conv", [input, graph.add(depthwiseWeight.value, name: "\(name).depthwiseWeight")], name: "\(name).depthwise",
      size: kernelSize, stride: stride, dilation: dilation, padding: padding, inputShape: inputShape,
      groups: inputShape[1])
    var inputs = [depthwise, graph.add(pointwiseWeight.value, name: "\(name).pointwiseWeight")]
    if let bias { inputs.append(graph.add(bias.value, name: "\(name).bias")) }
    let sum = graph.addWindow(
      "Conv", inputs, name: "\(name).pointwise", size: 1, stride: 1, padding: .valid, inputShape: inputShape, groups: 1)
    return try activation.add(to: &graph, input: sum, name: name, rank: 2)
  }
}

extension MaxPool1D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    graph.addWindow(
      "MaxPool", [input], name: name, size: size, stride: stride, padding: padding, inputShape: inputShape)
  }
}

extension AveragePool1D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    graph.addWindow(
      "AveragePool", [input], name: name, size: size, stride: stride, padding: padding, inputShape: inputShape)
  }
}

extension GlobalAveragePool1D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    graph.add(
      "ReduceMean", [input], name: name, ["axes": .integers([1]), "keepdims": .integer(keepsAxes ? 1 : 0)])
  }
}

extension GlobalMaxPool1D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    graph.add(
      "ReduceMax", [input], name: name, ["axes": .integers([1]), "keepdims": .integer(keepsAxes ? 1 : 0)])
  }
}

extension Cropping1D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    graph.addSlice(input, [(axis: 0, range: before..<inputShape[0] - after)], name: name)
  }
}

extension ZeroPad1D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    graph.add("Pad", [input, graph.add([0, before, 0, 0, after, 0], name: "\(name).pads")], name: name)
  }
}

extension UpSampling1D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let apart = graph.addReshape(input, to: [inputShape[0], 1, inputShape[1]], name: "\(name).apart")
    let copies = graph.addTile(apart, [1, size, 1], name: "\(name).copies")
    return graph.addReshape(copies, to: [inputShape[0] * size, inputShape[1]], name: name)
  }
}

extension RepeatVector: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let step = graph.addReshape(input, to: [1, inputShape[0]], name: "\(name).step")
    return graph.addTile(step, [count, 1], name: name)
  }
}

extension Embedding: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let rows = graph.add(
      "Cast", [input], name: "\(name).rows", ["to": .integer(ONNXElementType.int64.rawValue)])
    let table = graph.add(weight.value, name: "\(name).weight")
    guard inputShape.rank == 2 else { return graph.add("Gather", [table, rows], name: name) }
    let features = graph.add("Gather", [table, rows], name: "\(name).features")
    return graph.add("Transpose", [features], name: name, ["perm": .integers([0, 3, 1, 2])])
  }
}
