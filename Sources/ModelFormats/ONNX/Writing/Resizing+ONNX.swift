import Autograd
import NN
import Tensor

extension Resizing: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let image = Size(height: inputShape[1], width: inputShape[2])
    let framed: String
    var frame = image
    switch aspectRatio {
    case .stretch: framed = input
    case .crop:
      let part = image.middle(withRatioOf: size)
      framed = graph.addSlice(
        input, [(axis: 1, range: part.rows), (axis: 2, range: part.columns)], name: "\(name).cropped")
      frame = Size(height: part.rows.count, width: part.columns.count)
    case .pad(let filler):
      let margins = Self.margins(of: image, toRatioOf: size)
      let pads = graph.add(margins.map(\.before) + margins.map(\.after), name: "\(name).pads")
      framed = graph.add(
        "Pad", [input, pads, graph.add(Tensor(scalar: filler), name: "\(name).filler")], name: "\(name).padded")
      frame = Size(
        height: image.height + margins[2].before + margins[2].after,
        width: image.width + margins[3].before + margins[3].after)
    }
    return graph.addResize(framed, from: frame, to: size, interpolation, antialiases: antialiases, name: name)
  }
}

extension UpSampling2D: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let target = Size(height: inputShape[1] * size.height, width: inputShape[2] * size.width)
    let image = Size(height: inputShape[1], width: inputShape[2])
    guard interpolation == .nearest else {
      return graph.addResize(input, from: image, to: target, interpolation, antialiases: false, name: name)
    }
    let scales = graph.add(Tensor([1, 1, Float(size.height), Float(size.width)]), name: "\(name).scales")
    return graph.add(
      "Resize", [input, "", scales], name: name,
      [
        "mode": .text("nearest"), "coordinate_transformation_mode": .text("asymmetric"),
        "nearest_mode": .text("floor"),
      ])
  }
}

extension CenterCrop: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let (rows, columns) = (inputShape[1] - size.height, inputShape[2] - size.width)
    guard rows < 0 || columns < 0 else {
      let (top, left) = (rows / 2, columns / 2)
      return graph.addSlice(
        input, [(axis: 1, range: top..<top + size.height), (axis: 2, range: left..<left + size.width)], name: name)
    }
    let part = Size(height: inputShape[1], width: inputShape[2]).middle(withRatioOf: size)
    let cropped = graph.addSlice(
      input, [(axis: 1, range: part.rows), (axis: 2, range: part.columns)], name: "\(name).cropped")
    let frame = Size(height: part.rows.count, width: part.columns.count)
    return graph.addResize(cropped, from: frame, to: size, .bilinear, antialiases: false, name: name)
  }
}

extension ONNXGraph {
  /// Adds images of another size. ONNX rounds places and weights its own way, so what is computed here is written: the
  /// places of nearest pixels, and the matrices of the weights of rows and columns.
  fileprivate mutating func addResize(
    _ input: String, from: Size, to: Size, _ method: Resampling, antialiases: Bool, name: String
  ) -> String {
    let lines = [(axis: 2, from: from.height, to: to.height), (axis: 3, from: from.width, to: to.width)]
    var result = input
    for (axis, from, to) in lines where from != to {
      let part = "\(name).axis\(axis)"
      if method == .nearest {
        let ramp = Variable(Tensor<Float>(countingTo: from).reshaped(to: [1, 1, from, 1]))
        let places = ramp.resized(to: Size(height: to, width: 1), .nearest).value.scalars.map { Int($0) }
        result = add(
          "Gather", [result, add(places, name: "\(part).places")], name: part, ["axis": .integer(axis)])
      } else {
        // What the weights make of a matrix that picks each element.
        let picks = Variable(Tensor<Float>(identity: from).reshaped(to: [1, 1, from, from]))
        let weights = picks.resized(to: Size(height: to, width: from), method, antialiases: antialiases).value
          .reshaped(to: [to, from])
        result =
          axis == 2
          ? add("MatMul", [add(weights, name: "\(part).weights"), result], name: part)
          : add("MatMul", [result, add(weights.transposed(), name: "\(part).weights")], name: part)
      }
    }
    return add("Identity", [result], name: name)
  }
}
