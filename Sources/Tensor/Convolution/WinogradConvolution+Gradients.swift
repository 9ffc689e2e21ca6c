import CKernels

extension WinogradConvolution {
  /// The gradients with respect to input, weight and bias.
  func gradients(
    _ source: ConvolutionGradientSource, input: Tensor<Float>, weight: Tensor<Float>, needsInput: Bool
  ) -> ConvolutionGradients {
    let layout = Layout(channelsLast: input.shape)
    let gradients = GradientTargets(
      weight: Tensor(storage: Storage(shape: weight.shape), layout: Layout(rowMajor: weight.shape)),
      bias: Tensor(zeros: [geometry.outputChannels]),
      input: needsInput ? Tensor(storage: Storage(shape: input.shape), layout: layout) : nil)
    let input = input.channelsLast()
    defer { extendLifetime((source, input)) }
    let images = UnsafePointer(input.elements)
    if tiles.count <= Self.tilesOfOneBlock {
      gradientsOfOneBlock(source, images, weight, gradients)
    } else {
      gradientsOfGroups(source, images, weight, gradients)
    }
    return ConvolutionGradients(input: gradients.input, weight: gradients.weight, bias: gradients.bias)
  }

  /// The memory for the gradients; the gradient of the input has its channels innermost.
  struct GradientTargets {
    let weight, bias: Tensor<Float>
    let input: Tensor<Float>?
  }

  // MARK: Transforms

  /// dM of one block. The gradient with respect to the bias is added to `biasGradient`.
  func transformGradient(
    _ source: ConvolutionGradientSource, _ block: WinogradTiles.Block, biasGradient: Tensor<Float>
  ) -> PanelMatrices {
    let products = matrices(rows: block.capacity, columns: geometry.outputChannels)
    let channels = geometry.outputChannels
    let sums = Tensor<Float>(zeros: [block.rows.count, channels])
    parallelFor(chunks: block.rows.count) { chunk in
      let row = block.rows.lowerBound + chunk
      let place = tiles.place(ofRow: row)
      var gradient = source.patches(image: place.image, row: place.row)
      withUnsafePointer(to: products.strides) { strides in
        Kernels.best.winogradGradient(
          &gradient, tiles.columns, channels, products.row(block.firstTile(ofRow: row)), strides,
          sums.elements + chunk * channels)
      }
    }
    for row in 0..<block.rows.count {
      for channel in 0..<channels { biasGradient.elements[channel] += sums.elements[row * channels + channel] }
    }
    return products
  }

  /// dX of some rows of tiles and of some channels, from dV of one panel of the block.
  func addInputGradient(
    _ dataGradient: UnsafePointer<Float>, _ strides: kilim_planes, _ block: WinogradTiles.Block, rows: Range<Int>,
    channels: Range<Int>, to gradient: UnsafeMutablePointer<Float>
  ) {
    withUnsafePointer(to: strides) { strides in
      for row in rows {
        var (offset, view) = tiles.patches(ofRow: row)
        Kernels.best.winogradInputGradient(
          dataGradient + block.firstTile(ofRow: row) * Kernels.panel, strides, tiles.columns, channels.count,
          gradient + offset + channels.lowerBound, &view)
      }
    }
  }

  /// dg, `[O, C, 3, 3]`, of some rows (C) and columns (O) of dU, which is summed over the groups.
  func transformWeightGradient(
    _ filterGradient: UnsafeMutablePointer<Float>, _ planes: kilim_planes, groups: Int, rows: Range<Int>,
    columns: Range<Int>, to gradient: Tensor<Float>
  ) {
    let strides = sides(of: .output).strides
    withUnsafePointer(to: planes) { planes in
      Kernels.best.winogradFilterGradient(
        filterGradient, planes, groups, points * planes.pointee.planeStride, columns.count, rows.count,
        gradient.elements + columns.lowerBound * strides.column + rows.lowerBound * strides.row, strides.column)
    }
  }
}
