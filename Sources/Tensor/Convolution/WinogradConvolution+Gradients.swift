import CKernels

extension WinogradConvolution {
  /// The gradients with respect to input, weight and bias.
  func gradients(
    _ source: ConvolutionGradientSource, input: Tensor<Float>, weight: Tensor<Float>, needsInput: Bool
  ) -> ConvolutionGradients {
    let layout = Layout(channelsLast: input.shape)
    let gradients = GradientTargets(
      weight: Tensor(storage: Storage(count: weight.count), layout: Layout(rowMajor: weight.shape)),
      bias: Tensor(zeros: [geometry.outputChannels]),
      input: needsInput ? Tensor(storage: Storage(count: input.count), layout: layout) : nil)
    guard geometry.batch > 0 else {
      return ConvolutionGradients(input: gradients.input, weight: Tensor(zeros: weight.shape), bias: gradients.bias)
    }
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

  /// Where the gradients go; that of the input with its channels innermost.
  struct GradientTargets {
    let weight, bias: Tensor<Float>
    let input: Tensor<Float>?
  }

  // MARK: Transforms

  /// dM of one block.
  func transformGradient(_ source: ConvolutionGradientSource, _ block: WinogradTiles.Block) -> PanelMatrices {
    let products = matrices(rows: block.capacity, columns: geometry.outputChannels)
    parallelFor(chunks: block.rows.count) { chunk in
      let row = block.rows.lowerBound + chunk
      let place = tiles.place(ofRow: row)
      var gradient = source.patches(image: place.image, row: place.row)
      withUnsafePointer(to: products.strides) { strides in
        Kernels.best.winogradGradient(
          &gradient, tiles.columns, geometry.outputChannels, products.row(block.firstTile(ofRow: row)), strides)
      }
    }
    return products
  }

  /// Adds the sum of a block's gradients. That of a tile stands in its transform, at the point (1, 1).
  func addBiasGradient(
    _ products: PanelMatrices, _ block: WinogradTiles.Block, to gradient: UnsafeMutablePointer<Float>
  ) {
    for panel in 0..<Kernels.panels(for: geometry.outputChannels) {
      let channels = Kernels.channels(ofPanel: panel, of: geometry.outputChannels)
      withUnsafeTemporaryAllocation(of: Float.self, capacity: Kernels.panel) { sums in
        guard let address = sums.baseAddress else { return }
        sums.initialize(repeating: 0)
        Kernels.best.addRows(block.count, products.panel(panel, of: tiles.side + 3), address)
        for channel in channels { gradient[channel] += sums[channel - channels.lowerBound] }
      }
    }
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
        gradient.elements + columns.lowerBound * strides.column + rows.lowerBound * strides.row, strides.column,
        strides.row)
    }
  }
}
