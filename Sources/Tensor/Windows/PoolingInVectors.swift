// Pooling of images with the channels innermost, with the channels in the lanes of vectors. Rows of all images are computed in
// parallel.

import CKernels

extension WindowPlacement {
  /// The sizes for the kernels.
  func kernelSizes(channels: Int) -> kilim_depthwise {
    kilim_depthwise(
      rows: input.height, columns: input.width, resultRows: output.height, resultColumns: output.width,
      channels: channels, kernelRows: window.size.height, kernelColumns: window.size.width,
      rowStep: window.stride.height, columnStep: window.stride.width, rowDilation: window.dilation.height,
      columnDilation: window.dilation.width, top: top, left: left, memoryRows: input.height)
  }

  /// Whether the kernels can pool images of a layout.
  func canPool(_ layout: Layout) -> Bool {
    layout.hasChannelsInnermost && window.size.area <= Int(KILIM_LARGEST_DEPTHWISE) && output.area > 0
  }

  /// Runs `body` for each row of some images, with the number of elements of the results before it and its image.
  fileprivate func forEachRow(
    of images: Int, rows: Int, size: Int, _ body: (_ image: Int, _ row: Int, _ before: Int) -> Void
  ) {
    parallelFor(count: images * rows, grain: Swift.max(8_192 / Swift.max(size, 1), 1)) { range in
      for index in range { body(index / rows, index % rows, index * size) }
    }
  }
}

extension Tensor where Scalar == Float {
  /// ``maxPool2D(_:)`` of images with the channels innermost; otherwise `nil`.
  func maxPoolInVectors(_ placement: WindowPlacement) -> (output: Tensor, indices: Tensor<Int32>)? {
    guard placement.canPool(layout) else { return nil }
    let (input, channels) = (channelsLast(), shape[1])
    let size = placement.output
    let result = Layout(channelsLast: [shape[0], channels, size.height, size.width])
    let (output, indices) = (Tensor(unsafeUninitialized: result), Tensor<Int32>(unsafeUninitialized: result))
    let (source, target, places) = (input.elements, output.elements, indices.elements)
    let imageSize = placement.input.area * channels
    withUnsafePointer(to: placement.kernelSizes(channels: channels)) { sizes in
      placement.forEachRow(of: shape[0], rows: size.height, size: size.width * channels) { image, row, before in
        Kernels.best.maxPool(sizes, source + image * imageSize, row, target + before, places + before)
      }
    }
    extendLifetime((input, output, indices))
    return (output, indices)
  }

  /// The gradient of ``maxPool2D(_:)`` where the places have the channels innermost; otherwise `nil`.
  func maxPoolGradientInVectors(_ indices: Tensor<Int32>, _ placement: WindowPlacement) -> Tensor? {
    guard placement.canPool(indices.layout) else { return nil }
    let (gradient, indices, channels) = (channelsLast(), indices.channelsLast(), shape[1])
    let (source, places) = (gradient.elements, indices.elements)
    defer { extendLifetime((gradient, indices)) }
    return gradientInVectors(placement, channels) { sizes, first, row, target in
      Kernels.best.maxPoolGradient(sizes, source + first, places + first, row, target)
    }
  }

  /// ``averagePool2D(_:)`` of images with the channels innermost; otherwise `nil`.
  ///
  /// - Parameter shares: 1 / (number of elements inside the image), for every place of the window.
  func averagePoolInVectors(_ placement: WindowPlacement, shares: [Float]) -> Tensor? {
    guard placement.canPool(layout) else { return nil }
    let (input, channels) = (channelsLast(), shape[1])
    let size = placement.output
    let output = Tensor(unsafeUninitialized: Layout(channelsLast: [shape[0], channels, size.height, size.width]))
    let (source, target) = (input.elements, output.elements)
    let imageSize = placement.input.area * channels
    shares.withUnsafeBufferPointer { shares in
      guard let shares = shares.baseAddress else { return }
      withUnsafePointer(to: placement.kernelSizes(channels: channels)) { sizes in
        placement.forEachRow(of: shape[0], rows: size.height, size: size.width * channels) { image, row, before in
          Kernels.best.averagePool(sizes, source + image * imageSize, shares, row, target + before)
        }
      }
    }
    extendLifetime((input, output))
    return output
  }

  /// The gradient of ``averagePool2D(_:)`` where that of the result (this tensor) has the channels innermost; otherwise `nil`.
  func averagePoolGradientInVectors(_ placement: WindowPlacement, shares: [Float]) -> Tensor? {
    guard placement.canPool(layout) else { return nil }
    let (gradient, channels) = (channelsLast(), shape[1])
    let source = gradient.elements
    defer { extendLifetime(gradient) }
    return shares.withUnsafeBufferPointer { shares in
      guard let shares = shares.baseAddress else { return nil }
      return gradientInVectors(placement, channels) { sizes, first, row, target in
        Kernels.best.averagePoolGradient(sizes, source + first, shares, row, target)
      }
    }
  }

  /// The gradient of the images, row by row. `compute` gets the number of elements of the results before those of the image.
  private func gradientInVectors(
    _ placement: WindowPlacement, _ channels: Int,
    _ compute: (
      _ sizes: UnsafePointer<kilim_depthwise>, _ first: Int, _ row: Int, _ target: UnsafeMutablePointer<Float>
    ) -> Void
  ) -> Tensor {
    let size = placement.input
    let result = Tensor(unsafeUninitialized: Layout(channelsLast: [shape[0], channels, size.height, size.width]))
    let target = result.elements
    let resultSize = placement.output.area * channels
    withUnsafePointer(to: placement.kernelSizes(channels: channels)) { sizes in
      placement.forEachRow(of: shape[0], rows: size.height, size: size.width * channels) { image, row, before in
        compute(sizes, image * resultSize, row, target + before)
      }
    }
    extendLifetime(result)
    return result
  }
}
