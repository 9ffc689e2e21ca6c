import CKernels

extension WinogradConvolution {
  /// Tiles of a block, where there are many. Every block reads and writes dU: where fewer than 24 would have their
  /// transforms in the L2 cache, larger blocks that have not are faster.
  private var blockTiles: Int {
    let cached = tiles(inCacheWith: geometry.inputChannels + geometry.outputChannels)
    return cached >= 24 ? cached : 64
  }
  /// Groups of images with a dU of their own, and how many tiles make one worth it.
  private static let mostGroups = 4, leastTilesOfGroup = 256

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
  private struct GradientTargets {
    let weight, bias: Tensor<Float>
    let input: Tensor<Float>?
  }

  // MARK: Few tiles: panel by panel

  /// A panel of input channels at a time: its dU is transformed at once, and the filters of its dV were just made.
  private func gradientsOfOneBlock(
    _ source: ConvolutionGradientSource, _ images: UnsafePointer<Float>, _ weight: Tensor<Float>,
    _ gradients: GradientTargets
  ) {
    let block = tiles.blocks(of: 0..<geometry.batch, tiles: tiles.count)[0]
    let data = transformInput(images, block)
    let products = transformGradient(source, block)
    defer { extendLifetime((data, products)) }
    let panels = Kernels.panels(for: geometry.inputChannels)
    addBiasGradient(products, block, to: gradients.bias.elements)
    parallelFor(chunks: gradients.input == nil ? panels : 2 * panels) { chunk in
      let panel = chunk % panels
      if chunk < panels {
        writeWeightGradient(panel, data, products, block, to: gradients.weight)
      } else if let target = gradients.input {
        let filters = transformed(weight, for: .inputGradient, panel: panel)
        let dataGradient = matrices(rows: block.capacity, columns: Kernels.panel)
        defer { extendLifetime((filters, dataGradient)) }
        for point in 0..<points {
          Kernels.best.multiply(
            block.capacity, geometry.outputChannels, products.panel(0, of: point), products.strides.panelStride,
            filters.panel(0, of: point), dataGradient.panel(0, of: point))
        }
        addInputGradient(
          dataGradient.panel(0, of: 0), dataGradient.strides, block, rows: block.rows,
          channels: Kernels.channels(ofPanel: panel, of: geometry.inputChannels), to: target.storage.pointer)
      }
    }
  }

  /// The weight's gradient for one panel of input channels, 32 output channels at a time.
  private func writeWeightGradient(
    _ panel: Int, _ data: PanelMatrices, _ products: PanelMatrices, _ block: WinogradTiles.Block,
    to gradient: Tensor<Float>
  ) {
    let filterGradient = matrices(rows: Kernels.panel, columns: Kernels.panel)
    defer { extendLifetime(filterGradient) }
    let rows = Kernels.channels(ofPanel: panel, of: geometry.inputChannels)
    for outputPanel in 0..<Kernels.panels(for: geometry.outputChannels) {
      for point in 0..<points {
        Kernels.best.multiplyTransposed(
          block.count, block.capacity, 1, data.panel(panel, of: point), products.panel(outputPanel, of: point),
          filterGradient.panel(0, of: point), 0, 0)
      }
      transformWeightGradient(
        filterGradient.row(0), filterGradient.strides, groups: 1, rows: rows,
        columns: Kernels.channels(ofPanel: outputPanel, of: geometry.outputChannels), to: gradient)
    }
  }

  // MARK: Many tiles: groups of images

  /// A group of images at a time, each with a dU of its own. The groups are fixed by the shape, so that the bits do not
  /// depend on the threads.
  private func gradientsOfGroups(
    _ source: ConvolutionGradientSource, _ images: UnsafePointer<Float>, _ weight: Tensor<Float>,
    _ gradients: GradientTargets
  ) {
    let groups = tiles.groups(most: Self.mostGroups, leastTiles: Self.leastTilesOfGroup)
    let filters = gradients.input.map { _ in transformed(weight, for: .inputGradient) }
    let panels = Kernels.panels(for: geometry.inputChannels)
    let outputPanels = Kernels.panels(for: geometry.outputChannels)
    let filterGradient = matrices(
      rows: panels * Kernels.panel, columns: geometry.outputChannels, groups: groups.count)
    defer { extendLifetime((filters, filterGradient)) }
    let biasGradients = groups.map { _ in Tensor<Float>(zeros: [geometry.outputChannels]) }
    parallelOutside(count: groups.count) { group in
      for block in tiles.blocks(of: groups[group], tiles: blockTiles) {
        let data = transformInput(images, block)
        let products = transformGradient(source, block)
        defer { extendLifetime((data, products)) }
        let isFirst = block.rows.lowerBound == groups[group].lowerBound * tiles.rows
        addBiasGradient(products, block, to: biasGradients[group].elements)
        parallelFor(chunks: points * panels) { chunk in
          let (point, panel) = (chunk / panels, chunk % panels)
          Kernels.best.multiplyTransposed(
            block.count, block.capacity, outputPanels, data.panel(panel, of: point), products.panel(0, of: point),
            filterGradient.panel(0, of: group * points + point) + panel * Kernels.panel * Kernels.panel,
            filterGradient.strides.panelStride, isFirst ? 0 : 1)
          // The data of this panel have done their work; their gradient takes their place.
          if let filters {
            Kernels.best.multiply(
              block.capacity, geometry.outputChannels, products.panel(0, of: point), products.strides.panelStride,
              filters.panel(panel, of: point), data.panel(panel, of: point))
          }
        }
        if let target = gradients.input { addInputGradient(data, block, to: target.storage.pointer) }
      }
    }
    for biasGradient in biasGradients {
      for channel in 0..<geometry.outputChannels {
        gradients.bias.elements[channel] += biasGradient.elements[channel]
      }
    }
    forEachPiece(of: .output, panels: 0..<Kernels.panels(for: geometry.outputChannels)) { panel, columns, rows in
      transformWeightGradient(
        filterGradient.panel(panel, of: 0) + rows.lowerBound * Kernels.panel, filterGradient.strides,
        groups: groups.count, rows: rows, columns: columns, to: gradients.weight)
    }
  }

  /// dX of one block, a panel of channels of an image at a time, since tiles overlap.
  private func addInputGradient(
    _ data: PanelMatrices, _ block: WinogradTiles.Block, to gradient: UnsafeMutablePointer<Float>
  ) {
    let images = tiles.images(of: block)
    let panels = Kernels.panels(for: geometry.inputChannels)
    parallelFor(chunks: images.count * panels) { chunk in
      let panel = chunk % panels
      addInputGradient(
        data.panel(panel, of: 0), data.strides, block,
        rows: tiles.rows(of: block, in: images.lowerBound + chunk / panels),
        channels: Kernels.channels(ofPanel: panel, of: geometry.inputChannels), to: gradient)
    }
  }

  // MARK: The transforms

  /// dM of one block.
  private func transformGradient(_ source: ConvolutionGradientSource, _ block: WinogradTiles.Block) -> PanelMatrices {
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
  private func addBiasGradient(
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
  private func addInputGradient(
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
  private func transformWeightGradient(
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
