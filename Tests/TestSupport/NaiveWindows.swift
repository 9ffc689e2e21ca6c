import Tensor

/// The place of a window, computed from its definition and not by the code under test.
private struct Line {
  let output, before: Int

  init(_ input: Int, _ size: Int, _ stride: Int, _ dilation: Int, _ padding: Padding, vertical: Bool) {
    let extent = dilation * (size - 1) + 1
    switch padding {
    case .valid:
      before = 0
      output = (input - extent) / stride + 1
    case .same:
      output = Int((Double(input) / Double(stride)).rounded(.up))
      before = Swift.max((output - 1) * stride + extent - input, 0) / 2
    case .explicit(let top, let bottom, let left, let right):
      before = vertical ? top : left
      output = (input + before + (vertical ? bottom : right) - extent) / stride + 1
    }
  }
}

/// Calls `body` with every output row and column, and every row and column of the window with the input row and column
/// under it, where that lies inside the image.
private func forEachPlace(
  _ window: Window, _ input: Shape, _ body: (_ at: (Int, Int), _ kernel: (Int, Int), _ from: (Int, Int)) -> Void
) {
  let output = naiveOutputSize(window, input)
  let rows = Line(
    input[2], window.size.height, window.stride.height, window.dilation.height, window.padding, vertical: true)
  let columns = Line(
    input[3], window.size.width, window.stride.width, window.dilation.width, window.padding, vertical: false)
  for i in 0..<output.height {
    for j in 0..<output.width {
      for p in 0..<window.size.height {
        for q in 0..<window.size.width {
          let row = i * window.stride.height + p * window.dilation.height - rows.before
          let column = j * window.stride.width + q * window.dilation.width - columns.before
          guard row >= 0, row < input[2], column >= 0, column < input[3] else { continue }
          body((i, j), (p, q), (row, column))
        }
      }
    }
  }
}

/// How often a window fits on images `[N, C, H, W]`.
public func naiveOutputSize(_ window: Window, _ input: Shape) -> Size {
  Size(
    height: Line(
      input[2], window.size.height, window.stride.height, window.dilation.height, window.padding, vertical: true
    ).output,
    width: Line(
      input[3], window.size.width, window.stride.width, window.dilation.width, window.padding, vertical: false
    ).output)
}

/// Convolution by its definition: the reference for every faster one.
public func naiveConvolution<Scalar: FloatingScalar>(
  _ input: Tensor<Scalar>, _ weight: Tensor<Scalar>, bias: Tensor<Scalar>? = nil, window: Window, groups: Int = 1
) -> Tensor<Scalar> {
  let size = naiveOutputSize(window, input.shape)
  let (outputs, channels) = (weight.shape[0], weight.shape[1])
  var result = Tensor<Scalar>(zeros: [input.shape[0], outputs, size.height, size.width])
  for n in 0..<input.shape[0] {
    for o in 0..<outputs {
      let firstChannel = o / (outputs / groups) * channels
      for i in 0..<size.height {
        for j in 0..<size.width { result[n, o, i, j] = bias.map { $0[o] } ?? 0 }
      }
      for c in 0..<channels {
        forEachPlace(window, input.shape) { at, kernel, from in
          result[n, o, at.0, at.1] += weight[o, c, kernel.0, kernel.1] * input[n, firstChannel + c, from.0, from.1]
        }
      }
    }
  }
  return result
}

/// Max-pooling by its definition, with the place of the first largest element of each window, -1 where the window sees
/// no element.
public func naiveMaxPool<Scalar: FloatingScalar>(
  _ input: Tensor<Scalar>, _ window: Window
) -> (output: Tensor<Scalar>, indices: Tensor<Int32>) {
  let size = naiveOutputSize(window, input.shape)
  let shape: Shape = [input.shape[0], input.shape[1], size.height, size.width]
  var output = Tensor<Scalar>(repeating: -.infinity, shape: shape)
  var indices = Tensor<Int32>(repeating: -1, shape: shape)
  for n in 0..<shape[0] {
    for c in 0..<shape[1] {
      forEachPlace(window, input.shape) { at, _, from in
        let (value, best) = (input[n, c, from.0, from.1], output[n, c, at.0, at.1])
        let isFirst = indices[n, c, at.0, at.1] < 0
        guard isFirst || value > best || (value.isNaN && !best.isNaN) else { return }
        output[n, c, at.0, at.1] = value
        indices[n, c, at.0, at.1] = Int32(from.0 * input.shape[3] + from.1)
      }
    }
  }
  return (output, indices)
}

/// Average pooling by its definition, padding left out of sum and number.
public func naiveAveragePool<Scalar: FloatingScalar>(_ input: Tensor<Scalar>, _ window: Window) -> Tensor<Scalar> {
  let size = naiveOutputSize(window, input.shape)
  var sum = Tensor<Scalar>(zeros: [input.shape[0], input.shape[1], size.height, size.width])
  var number = sum
  for n in 0..<sum.shape[0] {
    for c in 0..<sum.shape[1] {
      forEachPlace(window, input.shape) { at, _, from in
        sum[n, c, at.0, at.1] += input[n, c, from.0, from.1]
        number[n, c, at.0, at.1] += 1
      }
    }
  }
  return sum / Tensor.maximum(number, Tensor(scalar: 1))
}
