import Tensor

/// The operators of neural networks.
let networkAdapters: [String: ONNXAdapter] = [
  "Conv": { call in
    let (x, weight) = (try call.float(0), try call.float(1))
    let window = try window(call, on: x.shape, size: call.ints("kernel_shape") ?? Array(weight.shape.dropFirst(2)))
    let bias = call.optional(2) == nil ? nil : try call.float(2)
    return [.float(x.convolution2D(weight, bias: bias, window: window, groups: call.int("group", default: 1)))]
  },
  "MaxPool": { call in
    guard call.int("storage_order", default: 0) == 0 else { throw LeftOut(reason: "indices in column order") }
    let x = try call.float(0)
    let (output, indices) = x.maxPool2D(try window(call, on: x.shape, size: call.ints("kernel_shape") ?? []))
    let (area, inputArea) = (output.shape[2] * output.shape[3], x.shape[2] * x.shape[3])
    let places = indices.scalars.enumerated().map { Int($1) + $0 / area * inputArea }
    return [.float(output), .int64(indices.shape, places)]
  },
  "AveragePool": { call in
    let x = try call.float(0)
    var window = try window(call, on: x.shape, size: call.ints("kernel_shape") ?? [])
    guard call.int("count_include_pad", default: 0) == 1 else { return [.float(x.averagePool2D(window))] }
    guard call.int("ceil_mode", default: 0) == 0 else {
      throw LeftOut(reason: "the average counts half of the padding")
    }
    guard case .explicit(let top, let bottom, let left, let right) = window.padding else {
      return [.float(x.averagePool2D(window))]
    }
    window.padding = .valid
    return [.float(x.padded([(0, 0), (0, 0), (top, bottom), (left, right)]).averagePool2D(window))]
  },
  "GlobalAveragePool": unary { $0.mean([2, 3], keepingAxes: true) },
  "GlobalMaxPool": unary { $0.max([2, 3], keepingAxes: true) },
  "BatchNormalization": { call in
    let (x, scale, shift) = (try call.float(0), try call.float(1), try call.float(2))
    let running = ChannelStatistics(mean: try call.float(3), variance: try call.float(4))
    let isTraining = call.int("training_mode", default: 0) == 1
    let statistics = isTraining ? x.channelStatistics() : running
    let epsilon = call.float("epsilon", default: 1e-5)
    let momentum = call.float("momentum", default: 0.9)
    let output = x.normalized(by: statistics, scale: scale, shift: shift, epsilon: epsilon)
    return [
      .float(output), .float(running.mean * momentum + statistics.mean * (1 - momentum)),
      .float(running.variance * momentum + statistics.variance * (1 - momentum)),
    ]
  },
  "Gemm": { call in
    let (a, b) = (try call.float(0), try call.float(1))
    let left = call.int("transA", default: 0) == 1 ? a.transposed() : a
    let right = call.int("transB", default: 0) == 1 ? b.transposed() : b
    let product = left.matmul(right) * call.float("alpha", default: 1)
    guard call.optional(2) != nil else { return [.float(product)] }
    return [.float(product + (try call.float(2)) * call.float("beta", default: 1))]
  },
  "MatMul": { call in
    let (a, b) = (try call.float(0), try call.float(1))
    let left = a.rank == 1 ? a.expandingShape(at: 0) : a
    let right = b.rank == 1 ? b.expandingShape(at: 1) : b
    var product = left.matmul(right)
    if b.rank == 1 { product = product.squeezingShape(at: -1) }
    if a.rank == 1 { product = product.squeezingShape(at: b.rank == 1 ? -1 : -2) }
    return [.float(product)]
  },
  "Softmax": { call in [.float(try call.float(0).softmax(axis: call.int("axis", default: -1)))] },
  "LogSoftmax": { call in [.float(try call.float(0).logSoftmax(axis: call.int("axis", default: -1)))] },
]

/// The window of a convolution or pooling. Padding at the top of `SAME_LOWER` and the additional padding of
/// `ceil_mode` become explicit.
private func window(_ call: ONNXCall, on input: Shape, size: [Int]) throws -> Window {
  guard input.rank == 4, size.count == 2 else {
    throw LeftOut(reason: "windows have two axes, this one \(input.rank - 2)")
  }
  let strides = call.ints("strides") ?? [1, 1]
  let dilations = call.ints("dilations") ?? [1, 1]
  var pads = call.ints("pads") ?? [0, 0, 0, 0]
  let mode = call.text("auto_pad", default: "NOTSET")
  for axis in 0..<2 {
    let extent = dilations[axis] * (size[axis] - 1) + 1
    let length = input[axis + 2]
    if mode == "SAME_LOWER" {
      let total = max((length + strides[axis] - 1) / strides[axis] * strides[axis] - strides[axis] + extent - length, 0)
      (pads[axis], pads[axis + 2]) = (total - total / 2, total / 2)
    } else if call.int("ceil_mode", default: 0) == 1 {
      let padded = length + pads[axis] + pads[axis + 2]
      let missing = (strides[axis] - (padded - extent) % strides[axis]) % strides[axis]
      // A window that would begin in the padding behind the image is not taken.
      let begins = (padded - extent + missing) / strides[axis] * strides[axis]
      if begins < length + pads[axis] { pads[axis + 2] += missing }
    }
  }
  let padding: Padding =
    mode == "SAME_UPPER" ? .same : .explicit(top: pads[0], bottom: pads[2], left: pads[1], right: pads[3])
  return Window(
    Size(height: size[0], width: size[1]), stride: Size(height: strides[0], width: strides[1]),
    dilation: Size(height: dilations[0], width: dilations[1]), padding: padding)
}
