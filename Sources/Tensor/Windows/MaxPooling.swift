extension Tensor where Scalar: FloatingScalar {
  /// Max-pooling: the largest element under each position of a window, and its index in the plane.
  ///
  /// If several elements are equal, the first in row order counts. Padding counts as -infinity. A NaN under the window
  /// gives NaN.
  ///
  /// Shapes: input `[N, C, H, W]`, both results `[N, C, oh, ow]`. An index is row · W + column; it is -1 where the
  /// window covers only padding.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func maxPool2D(_ window: Window) -> (output: Tensor, indices: Tensor<Int32>) {
    let placement = window.placement(on: shape, "maxPool2D")
    require(placement.input.area <= Int(Int32.max), "maxPool2D: planes of \(shape) have more than 2147483647 elements")
    if let result = Scalar.fastKernels.maxPool(self, placement) { return result }
    let shape: Shape = [shape[0], shape[1], placement.output.height, placement.output.width]
    var indices = Tensor<Int32>(unsafeUninitialized: shape) { _ in }
    let output = indices.withUnsafeMutableScalars { indices in
      withUnsafeScalars { input in
        Tensor(unsafeUninitialized: shape) { output in
          guard let input = input.baseAddress, let output = output.baseAddress, let indices = indices.baseAddress
          else { return }
          let area = placement.output.area
          parallelFor(count: shape[0] * shape[1], grain: Swift.max(8_192 / Swift.max(area, 1), 1)) { planes in
            for plane in planes {
              maxPoolPlane(
                input + plane * placement.input.area, placement, output + plane * area, indices + plane * area)
            }
          }
        }
      }
    }
    return (output, indices)
  }

  /// The gradient of ``maxPool2D(_:)`` with respect to its input, from the gradient with respect to its result (this
  /// tensor): each element is added where its maximum was.
  ///
  /// Shapes: this and the indices `[N, C, oh, ow]`, result `inputShape` `[N, C, H, W]`. Stops if they do not fit.
  ///
  /// - Parameters:
  ///   - indices: the second result of ``maxPool2D(_:)``.
  ///   - inputShape: the shape of the input.
  ///   - window: the window that the indices come from. With it the gradient of images with the channels innermost is
  ///     computed several times as fast. `nil` where it is not known.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func maxPool2DInputGradient(indices: Tensor<Int32>, inputShape: Shape, window: Window? = nil) -> Tensor {
    require(shape == indices.shape, "maxPool2DInputGradient: gradient \(shape), indices \(indices.shape)")
    require(
      rank == 4 && inputShape.rank == 4 && shape.prefix(2).elementsEqual(inputShape.prefix(2)),
      "maxPool2DInputGradient: the gradient has shape \(shape), the input \(inputShape)")
    if let placement = window?.placement(on: inputShape, "maxPool2DInputGradient") {
      require(
        shape[2] == placement.output.height && shape[3] == placement.output.width,
        "maxPool2DInputGradient: the gradient has shape \(shape), the input \(inputShape)")
      if let result = Scalar.fastKernels.maxPoolGradient(self, indices, placement) { return result }
    }
    let (area, inputArea) = (shape[2] * shape[3], inputShape[2] * inputShape[3])
    return withUnsafeScalars { gradient in
      indices.withUnsafeScalars { indices in
        Tensor(unsafeUninitialized: inputShape) { output in
          guard let output = output.baseAddress, let gradient = gradient.baseAddress, let indices = indices.baseAddress
          else { return }
          parallelFor(count: shape[0] * shape[1], grain: Swift.max(8_192 / Swift.max(area, 1), 1)) { planes in
            for plane in planes {
              let target = output + plane * inputArea
              target.update(repeating: 0, count: inputArea)
              for place in plane * area..<(plane + 1) * area {
                let index = Int(indices[place])
                if index >= 0 && index < inputArea { target[index] += gradient[place] }
              }
            }
          }
        }
      }
    }
  }
}

/// Max-pooling of one plane.
@inline(__always)
private func maxPoolPlane<Scalar: FloatingScalar>(
  _ plane: UnsafePointer<Scalar>, _ placement: WindowPlacement,
  _ output: UnsafeMutablePointer<Scalar>, _ indices: UnsafeMutablePointer<Int32>
) {
  if placement.takesPairs && maxPoolPairs(plane, placement, output, indices) { return }
  let width = placement.output.width
  for row in 0..<placement.output.height {
    let (best, places) = (output + row * width, indices + row * width)
    best.update(repeating: -.infinity, count: width)
    places.update(repeating: -1, count: width)
    for kernelRow in 0..<placement.window.size.height {
      let inputRow = placement.inputRow(row, kernelRow)
      guard inputRow >= 0 && inputRow < placement.input.height else { continue }
      for kernelColumn in 0..<placement.window.size.width {
        for column in placement.insideColumns(kernelColumn) {
          let place = inputRow * placement.input.width + placement.inputColumn(column, kernelColumn)
          let value = plane[place]
          // The negated comparison is true for NaN. -1 means that the window has no element yet.
          if !(value <= best[column]) && best[column] == best[column] || places[column] < 0 {
            best[column] = value
            places[column] = Int32(truncatingIfNeeded: place)
          }
        }
      }
    }
  }
}
