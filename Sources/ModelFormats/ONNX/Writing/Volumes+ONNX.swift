import NN
import Tensor

// Kilim's volumes are [N, D, C, H, W], ONNX's windows slide over [N, C, D, H, W].

extension ONNXGraph {
  /// Adds an operation that slides a window over a volume.
  fileprivate mutating func addWindow(
    _ operation: String, _ inputs: [String], name: String, _ window: VolumeWindow, inputShape: Shape, groups: Int? = nil
  ) -> String {
    let (size, stride, dilation) = (window.size, window.stride, window.dilation)
    func pads(_ length: Int, _ size: Int, _ stride: Int, _ dilation: Int) -> (Int, Int) {
      guard window.padding == .same else { return (0, 0) }
      let missing = max(((length + stride - 1) / stride - 1) * stride + dilation * (size - 1) + 1 - length, 0)
      return (missing / 2, missing - missing / 2)
    }
    let ends = [
      pads(inputShape[0], size.depth, stride.depth, dilation.depth),
      pads(inputShape[2], size.height, stride.height, dilation.height),
      pads(inputShape[3], size.width, stride.width, dilation.width),
    ]
    let turned = add("Transpose", [inputs[0]], name: "\(name).turned", ["perm": .integers([0, 2, 1, 3, 4])])
    let all = [turned] + inputs.dropFirst()
    let result: String
    if let groups {
      result = add(
        operation, all, name: "\(name).window",
        [
          "kernel_shape": .integers(size.lengths), "strides": .integers(stride.lengths),
          "dilations": .integers(dilation.lengths), "pads": .integers(ends.map(\.0) + ends.map(\.1)),
          "group": .integer(groups),
        ])
    } else {
      result = add(
        operation, all, name: "\(name).window",
        [
          "kernel_shape": .integers(size.lengths), "strides": .integers(stride.lengths),
          "pads": .integers(ends.map(\.0) + ends.map(\.1)),
        ])
    }
    return add("Transpose", [result], name: name, ["perm": .integers([0, 2, 1, 3, 4])])
  }
}

extension VolumeSize {
  fileprivate var lengths: [Int] { [depth, height, width] }
}

extension Conv3D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) throws -> String {
    var inputs = [input, graph.add(weight.value, name: "\(name).weight")]
    if let bias { inputs.append(graph.add(bias.value, name: "\(name).bias")) }
    let sum = graph.addWindow("Conv", inputs, name: "\(name).conv", window, inputShape: inputShape, groups: groups)
    return try activation.add(to: &graph, input: sum, name: name, rank: 4)
  }
}

extension MaxPool3D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    graph.addWindow("MaxPool", [input], name: name, window, inputShape: inputShape)
  }
}

extension AveragePool3D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    graph.addWindow("AveragePool", [input], name: name, window, inputShape: inputShape)
  }
}

extension GlobalAveragePool3D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    graph.add(
      "ReduceMean", [input], name: name, ["axes": .integers([1, 3, 4]), "keepdims": .integer(keepsAxes ? 1 : 0)])
  }
}

extension GlobalMaxPool3D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    graph.add(
      "ReduceMax", [input], name: name, ["axes": .integers([1, 3, 4]), "keepdims": .integer(keepsAxes ? 1 : 0)])
  }
}

extension ZeroPad3D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let pads = [
      0, depth.before, 0, height.before, width.before, 0, depth.after, 0, height.after, width.after,
    ]
    return graph.add("Pad", [input, graph.add(pads, name: "\(name).pads")], name: name)
  }
}

extension Cropping3D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let ranges = [(0, depth), (2, height), (3, width)].map { axis, ends in
      (axis: axis, range: ends.before..<inputShape[axis] - ends.after)
    }
    return graph.addSlice(input, ranges, name: name)
  }
}

extension UpSampling3D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let shape = inputShape
    let apart = graph.addReshape(
      input, to: [shape[0], 1, shape[1], shape[2], 1, shape[3], 1], name: "\(name).apart")
    let counts = graph.add([1, 1, size.depth, 1, 1, size.height, 1, size.width], name: "\(name).counts")
    let copies = graph.add("Tile", [apart, counts], name: "\(name).copies")
    return graph.addReshape(
      copies, to: [shape[0] * size.depth, shape[1], shape[2] * size.height, shape[3] * size.width], name: name)
  }
}

extension SpatialDropout3D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String { input }
}
