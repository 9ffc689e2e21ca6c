import NN
import Tensor

extension Dense: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) throws -> String {
    if inputShape.rank == 3 {
      // On the channels of each pixel, a convolution of single pixels is the same.
      let filters = weight.value.permuted([1, 0]).reshaped(to: [units, inputShape[0], 1, 1])
      var inputs = [input, graph.add(filters, name: "\(name).weight")]
      if let bias { inputs.append(graph.add(bias.value, name: "\(name).bias")) }
      let sum = graph.add("Conv", inputs, name: "\(name).product", ["kernel_shape": .integers([1, 1])])
      return try activation.add(to: &graph, input: sum, name: name, rank: 3)
    }
    let inputs = [input, graph.add(weight.value, name: "\(name).weight")]
    let sum: String
    if let bias, inputShape.rank > 1 {
      // Gemm multiplies matrices alone.
      let product = graph.add("MatMul", inputs, name: "\(name).matmul")
      sum = graph.add("Add", [product, graph.add(bias.value, name: "\(name).bias")], name: "\(name).product")
    } else if let bias {
      sum = graph.add("Gemm", inputs + [graph.add(bias.value, name: "\(name).bias")], name: "\(name).product")
    } else {
      sum = graph.add("MatMul", inputs, name: "\(name).product")
    }
    return try activation.add(to: &graph, input: sum, name: name, rank: 1)
  }
}

extension BatchNorm: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let channels: Shape = [inputShape.featureCount]
    let vectors = [
      ("scale", scale?.value ?? Tensor(ones: channels)), ("shift", shift?.value ?? Tensor(zeros: channels)),
      ("runningMean", runningMean.value), ("runningVariance", runningVariance.value),
    ]
    var inputs = [input]
    for (part, value) in vectors { inputs.append(graph.add(value, name: "\(name).\(part)")) }
    guard inputShape.rank > 1, featureAxis(ofExample: inputShape) > 1 else {
      return graph.add("BatchNormalization", inputs, name: name, ["epsilon": .float(epsilon)])
    }
    // ONNX has the channels behind the batch; here they come to that place, and go back.
    let order = Array(0...inputShape.rank)
    let axis = featureAxis(ofExample: inputShape)
    let forth = [0, axis] + order.filter { $0 != 0 && $0 != axis }
    inputs[0] = graph.add("Transpose", [input], name: "\(name).channels", ["perm": .integers(forth)])
    let result = graph.add(
      "BatchNormalization", inputs, name: "\(name).normalized", ["epsilon": .float(epsilon)])
    let back = order.sorted { forth[$0] < forth[$1] }
    return graph.add("Transpose", [result], name: name, ["perm": .integers(back)])
  }
}

extension MaxPool2D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    graph.add("MaxPool", [input], name: name, window.onnxPooling(onImageOf: inputShape))
  }
}

/// ONNX leaves the padding out of the mean by default, as Kilim does.
extension AveragePool2D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    graph.add("AveragePool", [input], name: name, window.onnxPooling(onImageOf: inputShape))
  }
}

/// In inference the identity: nothing is added.
protocol ONNXIdentity: ONNXLayer {}

extension ONNXIdentity {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String { input }
}

extension Dropout: ONNXIdentity {}
extension SpatialDropout1D: ONNXIdentity {}
extension SpatialDropout2D: ONNXIdentity {}
extension GaussianNoise: ONNXIdentity {}
extension GaussianDropout: ONNXIdentity {}
extension AlphaDropout: ONNXIdentity {}
extension RandomFlip: ONNXIdentity {}
extension RandomRotation: ONNXIdentity {}
extension RandomZoom: ONNXIdentity {}
extension RandomTranslation: ONNXIdentity {}
extension RandomShear: ONNXIdentity {}
extension RandomContrast: ONNXIdentity {}
extension RandomBrightness: ONNXIdentity {}

extension ActivationLayer: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) throws -> String {
    try activation.add(to: &graph, input: input, name: name, rank: inputShape.rank)
  }
}

extension Rescaling: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    // Behind the axis of the features come the others of an image.
    let trailing = [Int](repeating: 1, count: max(inputShape.rank - featureAxis(ofExample: inputShape), 0))
    func tensor(_ numbers: [Float]) -> Tensor<Float> {
      numbers.count == 1
        ? Tensor(scalar: numbers[0]) : Tensor(shape: Shape([numbers.count] + trailing), scalars: numbers)
    }
    let product = graph.add("Mul", [input, graph.add(tensor(scale), name: "\(name).scale")], name: "\(name).product")
    return graph.add("Add", [product, graph.add(tensor(offset), name: "\(name).offset")], name: name)
  }
}

extension ZeroPad2D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let amounts = graph.add([0, 0, top, left, 0, 0, bottom, right], name: "\(name).pads")
    return graph.add("Pad", [input, amounts], name: name)
  }
}

extension Window {
  /// Size, stride and padding of a pooling.
  fileprivate func onnxPooling(onImageOf shape: Shape) -> KeyValuePairs<String, ONNXGraph.Attribute> {
    [
      "kernel_shape": .integers([size.height, size.width]), "strides": .integers([stride.height, stride.width]),
      "pads": .integers(onnxPads(onImageOf: shape)),
    ]
  }

  /// The padding in numbers, in ONNX's order: top, left, bottom, right.
  func onnxPads(onImageOf shape: Shape) -> [Int] {
    switch padding {
    case .valid: return [0, 0, 0, 0]
    case .explicit(let top, let bottom, let left, let right): return [top, left, bottom, right]
    case .same:
      /// The window reaches so far beyond the image; the smaller half comes before it.
      func overhang(_ length: Int, _ size: Int, _ stride: Int, _ dilation: Int) -> Int {
        max(((length + stride - 1) / stride - 1) * stride + dilation * (size - 1) + 1 - length, 0)
      }
      let rows = overhang(shape[1], size.height, stride.height, dilation.height)
      let columns = overhang(shape[2], size.width, stride.width, dilation.width)
      return [rows / 2, columns / 2, rows - rows / 2, columns - columns / 2]
    }
  }
}
