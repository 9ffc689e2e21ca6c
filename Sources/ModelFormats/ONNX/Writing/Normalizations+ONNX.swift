import Autograd
import NN
import Tensor

extension LayerNorm: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    guard let axes = axes?.map({ $0 < 0 ? $0 + inputShape.rank + 1 : $0 }) else {
      return graph.addLayerNormalization(self, input, of: inputShape, name: name)
    }
    let center = graph.addMean(input, axes, name: "\(name).mean")
    let distance = graph.add("Sub", [input, center], name: "\(name).distance")
    let square = graph.add("Mul", [distance, distance], name: "\(name).square")
    let variance = graph.addMean(square, axes, name: "\(name).variance")
    let deviation = graph.addRoot(variance, plus: epsilon, name: "\(name).deviation")
    let result = graph.add("Div", [distance, deviation], name: "\(name).standard")
    return graph.addAffine(result, scale?.value, shift?.value, of: inputShape, name: name)
  }
}

extension RMSNorm: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let axes = axes.map { $0.map { $0 < 0 ? $0 + inputShape.rank + 1 : $0 } } ?? [featureAxis(ofExample: inputShape)]
    let square = graph.add("Mul", [input, input], name: "\(name).square")
    let mean = graph.addMean(square, axes, name: "\(name).mean")
    let root = graph.addRoot(mean, plus: epsilon, name: "\(name).root")
    let result = graph.add("Div", [input, root], name: "\(name).standard")
    return graph.addAffine(result, scale.value, nil, of: inputShape, name: name)
  }
}

extension UnitNorm: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let axes = axes.map { $0.map { $0 < 0 ? $0 + inputShape.rank + 1 : $0 } } ?? [featureAxis(ofExample: inputShape)]
    return graph.addQuotient(by: axes, of: input, atLeast: 1e-12, name: name)
  }
}

extension ONNXGraph {
  /// Adds a value divided by its length along some axes, or by a number where the length is less.
  mutating func addQuotient(by axes: [Int], of input: String, atLeast least: Float, name: String) -> String {
    let length = add(
      "ReduceL2", [input], name: "\(name).length", ["axes": .integers(axes), "keepdims": .integer(1)])
    let least = add(Tensor(scalar: least), name: "\(name).least")
    return add("Div", [input, add("Max", [length, least], name: "\(name).divisor")], name: name)
  }
}

extension GroupNorm: ONNXLayer {
  /// The channels come behind the examples, so that an `InstanceNormalization` sees each group as a channel.
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let axis = self.axis.map { $0 < 0 ? $0 + inputShape.rank + 1 : $0 } ?? featureAxis(ofExample: inputShape)
    let channels = inputShape[axis - 1]
    let count = groups ?? channels
    let order = [0, axis] + (1...inputShape.rank).filter { $0 != axis }
    let isInOrder = order == Array(0...inputShape.rank)
    let first =
      isInOrder ? input : graph.add("Transpose", [input], name: "\(name).turned", ["perm": .integers(order)])
    let grouped = graph.addReshape(first, to: [count, -1], name: "\(name).groups")
    let normalized = graph.add(
      "InstanceNormalization",
      [
        grouped, graph.add(Tensor(ones: [count]), name: "\(name).ones"),
        graph.add(Tensor(zeros: [count]), name: "\(name).zeros"),
      ], name: "\(name).normalized", ["epsilon": .float(epsilon)])
    var result = graph.addReshape(
      normalized, to: order.dropFirst().map { inputShape[$0 - 1] }, name: "\(name).apart")
    if !isInOrder {
      let back = order.indices.sorted { order[$0] < order[$1] }
      result = graph.add("Transpose", [result], name: "\(name).back", ["perm": .integers(back)])
    }
    let shape = (1...inputShape.rank).map { $0 == axis ? channels : 1 }
    return graph.addAffine(
      result, scale?.value.reshaped(to: shape), shift?.value.reshaped(to: shape), of: inputShape, name: name)
  }
}

extension DataNorm: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let deviation = Tensor.maximum(variance.value.squareRoot(), Tensor(scalar: 1e-7))
    let mean = graph.add(spread(mean.value, inputShape), name: "\(name).mean")
    let scale = graph.add(spread(deviation, inputShape), name: "\(name).deviation")
    guard isInverse else {
      return graph.add("Div", [graph.add("Sub", [input, mean], name: "\(name).distance"), scale], name: name)
    }
    return graph.add("Add", [graph.add("Mul", [input, scale], name: "\(name).scaled"), mean], name: name)
  }

  private func spread(_ numbers: Tensor<Float>, _ inputShape: Shape) -> Tensor<Float> {
    axes == nil ? numbers.alongFeatures(of: inputShape) : numbers
  }
}

extension Tensor<Float> {
  /// A number for each feature, in axes that meet an example.
  fileprivate func alongFeatures(of example: Shape) -> Tensor {
    guard rank == 1, example.rank > 0 else { return self }
    return reshaped(to: shape + [Int](repeating: 1, count: example.rank - featureAxis(ofExample: example)))
  }
}

extension ONNXGraph {
  /// Adds a normalization over the features, which ONNX has last.
  fileprivate mutating func addLayerNormalization(
    _ layer: LayerNorm, _ input: String, of example: Shape, name: String
  ) -> String {
    let axis = featureAxis(ofExample: example)
    let order = (0...example.rank).filter { $0 != axis } + [axis]
    let isLast = axis == example.rank
    let first = isLast ? input : add("Transpose", [input], name: "\(name).turned", ["perm": .integers(order)])
    let scale = layer.scale?.value ?? Tensor(ones: [example.featureCount])
    var inputs = [first, add(scale, name: "\(name).scale")]
    if let shift = layer.shift { inputs.append(add(shift.value, name: "\(name).shift")) }
    let result = add(
      "LayerNormalization", inputs, name: isLast ? name : "\(name).normalized",
      ["axis": .integer(-1), "epsilon": .float(layer.epsilon)])
    guard !isLast else { return result }
    return add(
      "Transpose", [result], name: name, ["perm": .integers(order.indices.sorted { order[$0] < order[$1] })])
  }

  fileprivate mutating func addMean(_ input: String, _ axes: [Int], name: String) -> String {
    add("ReduceMean", [input], name: name, ["axes": .integers(axes), "keepdims": .integer(1)])
  }

  fileprivate mutating func addRoot(_ input: String, plus epsilon: Float, name: String) -> String {
    let sum = add("Add", [input, add(Tensor(scalar: epsilon), name: "\(name).epsilon")], name: "\(name).sum")
    return add("Sqrt", [sum], name: name)
  }

  /// Adds x · scale + shift, with a number for each feature or each element of an example.
  fileprivate mutating func addAffine(
    _ input: String, _ scale: Tensor<Float>?, _ shift: Tensor<Float>?, of example: Shape, name: String
  ) -> String {
    var result = input
    if let scale {
      let factor = add(scale.alongFeatures(of: example), name: "\(name).scale")
      result = add("Mul", [result, factor], name: shift == nil ? name : "\(name).scaled")
    }
    if let shift {
      result = add("Add", [result, add(shift.alongFeatures(of: example), name: "\(name).shift")], name: name)
    }
    return result
  }
}
