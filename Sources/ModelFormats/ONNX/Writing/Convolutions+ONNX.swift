import NN
import Tensor

extension ImageConvolution {
  /// Adds the convolution and its activation.
  fileprivate func addConvolution(
    to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape
  ) throws -> String {
    var inputs = [input, graph.add(weight.value, name: "\(name).weight")]
    if let bias { inputs.append(graph.add(bias.value, name: "\(name).bias")) }
    let sum = graph.add(
      "Conv", inputs, name: "\(name).conv", window.onnxConvolution(onImageOf: inputShape, groups: groups))
    return try activation.add(to: &graph, input: sum, name: name, rank: 3)
  }
}

extension Conv2D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) throws -> String {
    try addConvolution(to: &graph, input: input, name: name, inputShape: inputShape)
  }
}

extension DepthwiseConv2D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) throws -> String {
    try addConvolution(to: &graph, input: input, name: name, inputShape: inputShape)
  }
}

extension SeparableConv2D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) throws -> String {
    let depthwise = graph.add(
      "Conv", [input, graph.add(depthwiseWeight.value, name: "\(name).depthwiseWeight")], name: "\(name).depthwise",
      window.onnxConvolution(onImageOf: inputShape, groups: inputShape[0]))
    var inputs = [depthwise, graph.add(pointwiseWeight.value, name: "\(name).pointwiseWeight")]
    if let bias { inputs.append(graph.add(bias.value, name: "\(name).bias")) }
    let sum = graph.add("Conv", inputs, name: "\(name).pointwise", ["kernel_shape": .integers([1, 1])])
    return try activation.add(to: &graph, input: sum, name: name, rank: 3)
  }
}

extension Window {
  /// Size, stride, dilation and padding of a convolution.
  fileprivate func onnxConvolution(
    onImageOf shape: Shape, groups: Int
  ) -> KeyValuePairs<String, ONNXGraph.Attribute> {
    [
      "kernel_shape": .integers([size.height, size.width]), "strides": .integers([stride.height, stride.width]),
      "dilations": .integers([dilation.height, dilation.width]), "pads": .integers(onnxPads(onImageOf: shape)),
      "group": .integer(groups),
    ]
  }
}

extension Conv1DTranspose: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) throws -> String {
    guard let (steps, start) = placement(onSequenceOf: inputShape) else {
      throw ONNXRefusal(layer: name, type: "a Conv1DTranspose without an output")
    }
    var inputs = [
      graph.add("Transpose", [input], name: "\(name).turned", ["perm": .integers([0, 2, 1])]),
      graph.add(weight.value, name: "\(name).weight"),
    ]
    if let bias { inputs.append(graph.add(bias.value, name: "\(name).bias")) }
    // The steps that are cut off at the end, or added.
    let end = (inputShape[0] - 1) * stride + (kernelSize - 1) * dilation + 1 - start - steps
    let sum = graph.add(
      "ConvTranspose", inputs, name: "\(name).conv",
      [
        "kernel_shape": .integers([kernelSize]), "strides": .integers([stride]), "dilations": .integers([dilation]),
        "pads": .integers([start, max(end, 0)]), "output_padding": .integers([max(-end, 0)]),
      ])
    let back = graph.add("Transpose", [sum], name: "\(name).back", ["perm": .integers([0, 2, 1])])
    return try activation.add(to: &graph, input: back, name: name, rank: 2)
  }
}

extension Conv2DTranspose: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) throws -> String {
    guard let placement = placement(onImageOf: inputShape) else {
      throw ONNXRefusal(layer: name, type: "a Conv2DTranspose without an output")
    }
    var inputs = [input, graph.add(weight.value, name: "\(name).weight")]
    if let bias { inputs.append(graph.add(bias.value, name: "\(name).bias")) }
    /// The elements that are cut off behind, or added.
    func end(_ input: Int, _ size: Int, _ stride: Int, _ dilation: Int, _ start: Int, _ output: Int) -> Int {
      (input - 1) * stride + (size - 1) * dilation + 1 - start - output
    }
    let (size, stride, dilation) = (window.size, window.stride, window.dilation)
    let bottom = end(
      inputShape[1], size.height, stride.height, dilation.height, placement.top, placement.output.height)
    let right = end(
      inputShape[2], size.width, stride.width, dilation.width, placement.left, placement.output.width)
    let sum = graph.add(
      "ConvTranspose", inputs, name: "\(name).conv",
      [
        "kernel_shape": .integers([size.height, size.width]), "strides": .integers([stride.height, stride.width]),
        "dilations": .integers([dilation.height, dilation.width]),
        "pads": .integers([placement.top, placement.left, max(bottom, 0), max(right, 0)]),
        "output_padding": .integers([max(-bottom, 0), max(-right, 0)]),
      ])
    return try activation.add(to: &graph, input: sum, name: name, rank: 3)
  }
}
