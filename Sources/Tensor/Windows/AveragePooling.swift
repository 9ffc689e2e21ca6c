extension Tensor where Scalar: FloatingScalar {
  /// Average pooling: the mean of the elements under each position of a window. As in Keras, padding counts neither in
  /// the sum nor in the number of elements. Where the window covers only padding, the result is 0.
  ///
  /// Shapes: input `[N, C, H, W]`, result `[N, C, oh, ow]`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func averagePool2D(_ window: Window) -> Tensor {
    let placement = window.placement(on: shape, "averagePool2D")
    let shares = AverageShares<Scalar>(placement)
    if let result = Scalar.fastKernels.averagePool(self, placement, shares.shares) { return result }
    let (area, inputArea) = (placement.output.area, placement.input.area)
    let shape: Shape = [shape[0], shape[1], placement.output.height, placement.output.width]
    return withUnsafeScalars { input in
      Tensor(unsafeUninitialized: shape) { output in
        guard let input = input.baseAddress, let output = output.baseAddress else { return }
        parallelFor(count: shape[0] * shape[1], grain: Swift.max(8_192 / Swift.max(area, 1), 1)) { planes in
          for plane in planes {
            let (source, target) = (input + plane * inputArea, output + plane * area)
            target.update(repeating: 0, count: area)
            shares.forEachPair(placement) { place, inputPlace, share in target[place] += source[inputPlace] * share }
          }
        }
      }
    }
  }

  /// The gradient of ``averagePool2D(_:)`` with respect to its input, from the gradient with respect to its result
  /// (this tensor): each element is divided equally among the elements of its window.
  ///
  /// Shapes: this `[N, C, oh, ow]`, result `inputShape` `[N, C, H, W]`. Stops if they do not fit.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func averagePool2DInputGradient(_ window: Window, inputShape: Shape) -> Tensor {
    let placement = window.placement(on: inputShape, "averagePool2DInputGradient")
    let expected: Shape = [inputShape[0], inputShape[1], placement.output.height, placement.output.width]
    require(
      shape == expected, "averagePool2DInputGradient: the gradient has shape \(shape), \(expected) was expected")
    let shares = AverageShares<Scalar>(placement)
    if let result = Scalar.fastKernels.averagePoolGradient(self, placement, shares.shares) { return result }
    let (area, inputArea) = (placement.output.area, placement.input.area)
    return withUnsafeScalars { gradient in
      Tensor(unsafeUninitialized: inputShape) { output in
        guard let gradient = gradient.baseAddress, let output = output.baseAddress else { return }
        parallelFor(count: shape[0] * shape[1], grain: Swift.max(8_192 / Swift.max(area, 1), 1)) { planes in
          for plane in planes {
            let (source, target) = (gradient + plane * area, output + plane * inputArea)
            target.update(repeating: 0, count: inputArea)
            shares.forEachPair(placement) { place, inputPlace, share in target[inputPlace] += source[place] * share }
          }
        }
      }
    }
  }
}

/// 1 / (number of elements inside the image), for every place of a window.
private struct AverageShares<Scalar: FloatingScalar> {
  let shares: [Scalar]

  init(_ placement: WindowPlacement) {
    func insideCounts(_ outputs: Int, _ kernel: Int, _ inputs: Int, _ place: (Int, Int) -> Int) -> [Int] {
      (0..<outputs).map { output in (0..<kernel).count { (0..<inputs).contains(place(output, $0)) } }
    }
    let rows = insideCounts(
      placement.output.height, placement.window.size.height, placement.input.height, placement.inputRow)
    let columns = insideCounts(
      placement.output.width, placement.window.size.width, placement.input.width, placement.inputColumn)
    shares = rows.flatMap { rows in columns.map { 1 / Scalar(Swift.max(rows * $0, 1)) } }
  }

  /// Calls `body` with every output place, every input place under its window, and the share.
  @inline(__always)
  func forEachPair(_ placement: WindowPlacement, _ body: (Int, Int, Scalar) -> Void) {
    shares.withUnsafeBufferPointer { shares in
      for row in 0..<placement.output.height {
        for kernelRow in 0..<placement.window.size.height {
          let inputRow = placement.inputRow(row, kernelRow)
          guard inputRow >= 0 && inputRow < placement.input.height else { continue }
          for kernelColumn in 0..<placement.window.size.width {
            for column in placement.insideColumns(kernelColumn) {
              let place = row * placement.output.width + column
              let inputPlace = inputRow * placement.input.width + placement.inputColumn(column, kernelColumn)
              body(place, inputPlace, shares[place])
            }
          }
        }
      }
    }
  }
}
