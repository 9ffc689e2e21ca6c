// Depthwise convolution: the part of a separable convolution that does not combine channels. It is computed directly
// from the image, with channels in the lanes of vectors. As a matrix product it would be a product with a single row
// for each channel, which is slow.

import CKernels

/// A convolution in which every channel has its own filter.
struct DepthwiseConvolution {
  let geometry: ConvolutionGeometry

  /// `nil` where the shape is not one for this algorithm.
  init?(_ geometry: ConvolutionGeometry) {
    guard geometry.groups > 1, geometry.groups == geometry.inputChannels, geometry.groups == geometry.outputChannels,
      geometry.filterSize <= Int(KILIM_LARGEST_DEPTHWISE)
    else { return nil }
    self.geometry = geometry
  }

  private var sizes: kilim_depthwise { geometry.placement.kernelSizes(channels: geometry.inputChannels) }

  /// The filters `[C, 1, kh, kw]` as `[kh · kw, C]`.
  func packed(_ weight: Tensor<Float>) -> Tensor<Float> {
    weight.reshaped(to: [geometry.inputChannels, geometry.filterSize]).transposed().contiguous()
  }

  /// Computes one row of the results of an image, or of their maxima.
  ///
  /// A function behind the bias is applied to whole rows of results, which are still in the cache: more of its steps
  /// overlap there than in the few results that the registers hold.
  static func computeRow(
    _ row: Int, _ sizes: UnsafePointer<kilim_depthwise>, of image: UnsafePointer<Float>,
    _ filters: UnsafePointer<Float>, into result: kilim_result
  ) {
    var result = result
    let function = result.pools == 0 ? result.epilogue.onlyFunction : nil
    if function != nil { result.epilogue.activation = EpilogueActivation.linear.code }
    Kernels.best.depthwiseOutput(sizes, image, filters, row, &result)
    if let function {
      let length = result.columns * sizes.pointee.channels
      Kernels.best.applyFunction(function.function, function.parameter, result.values, result.values, length)
    }
  }

  /// Computes the convolution of images `[N, C, H, W]` with packed filters.
  ///
  /// - Returns: mean and variance of the channels of the results, if `measures`; otherwise `nil`.
  @discardableResult
  func compute(
    _ input: Tensor<Float>, _ filters: Tensor<Float>, into target: ConvolutionTarget, measures: Bool = false
  ) -> ChannelStatistics<Float>? {
    let input = input.channelsLast()
    defer { extendLifetime((input, filters)) }
    let (images, weights) = (input.elements, filters.elements)
    let (height, width) = (target.output.values.shape[2], geometry.placement.output.width)
    let rowLength = width * geometry.outputChannels
    // Single rows keep all threads busy; more of them make fewer statistics to join.
    let rowsOfBlock = measures ? Swift.max(Self.cachedNumbers / rowLength, 1) : 1
    let blocks = IndirectBlocks(count: height, atMost: rowsOfBlock, step: 1, lines: geometry.batch)
    let pieces =
      measures
      ? ChannelPieces(counts: blocks.indices.map { blocks[$0].count * width }, channels: geometry.outputChannels) : nil
    withUnsafePointer(to: sizes) { sizes in
      parallelFor(chunks: blocks.indices.count) { block in
        for line in blocks[block] {
          let (image, row) = (line / height, line % height * (target.pools ? 2 : 1))
          Self.computeRow(
            row, sizes, of: images + image * geometry.inputImageSize, weights,
            into: target.patches(image: image, row: row))
        }
        let first = target.start.values + blocks[block].lowerBound * rowLength
        pieces?.measure(block, channels: 0..<geometry.outputChannels, from: first)
      }
    }
    return pieces?.statistics()
  }

  /// The numbers of the rows of results that are measured together, in the cache.
  private static let cachedNumbers = 16_384

  /// The gradients with respect to input, weight and bias.
  func gradients(
    _ source: ConvolutionGradientSource, input: Tensor<Float>, weight: Tensor<Float>, needsInput: Bool
  ) -> ConvolutionGradients {
    let (input, filters) = (input.channelsLast(), packed(weight))
    let spread = source.pools ? unpooled(source) : nil
    defer { extendLifetime((source, input, filters, spread)) }
    let gradient = spread.map { UnsafePointer($0.pointer) } ?? source.patches(image: 0, row: 0).values
    let inputGradient = needsInput ? self.inputGradient(gradient, filters) : nil
    let sums = filterGradients(gradient, UnsafePointer(input.elements))
    return gradients(input: inputGradient, sums: sums, weightShape: weight.shape)
  }

  /// The gradient of the input, and those of filters and bias from their sums, `[kh · kw + 1, C]`.
  func gradients(input: Tensor<Float>?, sums: Tensor<Float>, weightShape: Shape) -> ConvolutionGradients {
    let filterSize = geometry.filterSize
    return ConvolutionGradients(
      input: input, weight: sums[0..<filterSize].transposed().contiguous().reshaped(to: weightShape),
      bias: sums[filterSize..<filterSize + 1].reshaped(to: [geometry.outputChannels]))
  }

  /// The gradient with respect to the input alone.
  func inputGradient(_ source: ConvolutionGradientSource, weight: Tensor<Float>) -> Tensor<Float> {
    let filters = packed(weight)
    let spread = source.pools ? unpooled(source) : nil
    defer { extendLifetime((source, filters, spread)) }
    return inputGradient(spread.map { UnsafePointer($0.pointer) } ?? source.patches(image: 0, row: 0).values, filters)
  }

  /// The gradient with respect to the input, from that of all results and the packed filters.
  private func inputGradient(_ gradient: UnsafePointer<Float>, _ filters: Tensor<Float>) -> Tensor<Float> {
    let result = Tensor<Float>(
      storage: Storage(shape: geometry.inputShape), layout: Layout(channelsLast: geometry.inputShape))
    let size = geometry.placement.input
    let (target, weights) = (result.storage.pointer, filters.elements)
    withUnsafePointer(to: sizes) { sizes in
      parallelFor(chunks: geometry.batch * size.height) { chunk in
        Kernels.best.depthwiseInputGradient(
          sizes, gradient + chunk / size.height * geometry.outputImageSize, weights, chunk % size.height,
          target + chunk * size.width * geometry.inputChannels)
      }
    }
    return result
  }

  /// The gradients of the filters and, in the last row, of the bias: `[kh · kw + 1, C]`.
  ///
  /// The rows of all images are summed in at most sixteen fixed groups, then the groups are added, so that the bits do not
  /// depend on the number of threads.
  private func filterGradients(_ gradient: UnsafePointer<Float>, _ images: UnsafePointer<Float>) -> Tensor<Float> {
    let output = geometry.placement.output
    let rows = geometry.batch * output.height
    let groups = Swift.min(rows, 16)
    let count = (geometry.filterSize + 1) * geometry.inputChannels
    var partial = Tensor<Float>(zeros: [groups, geometry.filterSize + 1, geometry.inputChannels])
    partial.withUnsafeMutableScalars { partial in
      guard let partial = partial.baseAddress else { return }
      withUnsafePointer(to: sizes) { sizes in
        nonisolated(unsafe) let partial = partial
        parallelFor(chunks: groups) { group in
          for row in group * rows / groups..<(group + 1) * rows / groups {
            Kernels.best.depthwiseFilterGradient(
              sizes, images + row / output.height * geometry.inputImageSize,
              gradient + row * output.width * geometry.outputChannels, row % output.height, partial + group * count)
          }
        }
      }
    }
    return partial.summingFirstAxis()
  }

  /// The gradient of the results, of which the source has that of their maxima, with the channels innermost.
  private func unpooled(_ source: ConvolutionGradientSource) -> Storage<Float> {
    let output = geometry.placement.output
    let result = Storage<Float>(count: geometry.batch * geometry.outputImageSize)
    let rowSize = output.width * geometry.outputChannels
    parallelFor(chunks: geometry.batch) { image in
      let target = result.pointer + image * geometry.outputImageSize
      for row in stride(from: 0, to: output.height - 1, by: 2) {
        var gradient = source.patches(image: image, row: row)
        Kernels.best.unpool(&gradient, geometry.outputChannels, output.width, target + row * rowSize)
      }
      // An odd last row has no maximum.
      if output.height % 2 == 1 {
        (target + (output.height - 1) * rowSize).update(repeating: 0, count: rowSize)
      }
    }
    return result
  }
}
