import CKernels

extension WinogradConvolution {
  /// The number of tiles in a block, if there are many: as many as fit with their transforms into the L2 cache, beside
  /// the filters that are read; but at least 16.
  private var blockTiles: Int { Swift.max(tiles(inCacheWith: geometry.inputChannels), 16) }

  /// Computes the convolution of images `[N, C, H, W]`.
  func compute(_ input: Tensor<Float>, _ filters: Filters, into target: ConvolutionTarget) {
    let input = input.channelsLast()
    defer { extendLifetime(input) }
    let images = UnsafePointer(input.elements)
    let panels = Kernels.panels(for: geometry.outputChannels)
    // The threads share the panels of a single block, if there are enough of them. No sum depends on the blocks.
    let isOneBlock =
      tiles.count <= Self.tilesOfOneBlock && panels >= Swift.min(Threads.count, tiles.rows * geometry.batch)
    let blocks =
      isOneBlock
      ? tiles.blocks(of: 0..<geometry.batch, tiles: tiles.count)
      : tiles.blocks(ofAtMost: blockTiles, threads: Threads.count)
    parallelOutside(count: blocks.count, inside: panels) { index in
      let block = blocks[index]
      let data = transformInput(images, block)
      defer { extendLifetime((data, filters)) }
      parallelFor(chunks: panels) { panel in
        compute(panel, of: block, data, filters, into: target)
      }
    }
  }

  /// Computes a panel of channels of one block. Its products are still in the cache when they are transformed back.
  private func compute(
    _ panel: Int, of block: WinogradTiles.Block, _ data: PanelMatrices, _ filters: Filters,
    into target: ConvolutionTarget
  ) {
    let channels = Kernels.channels(ofPanel: panel, of: geometry.outputChannels)
    let products = matrices(rows: block.capacity, columns: channels.count)
    defer { extendLifetime(products) }
    func multiply(_ point: Int, by filters: UnsafePointer<Float>, next: UnsafePointer<Float>) {
      Kernels.best.multiply(
        block.capacity, geometry.inputChannels, data.panel(0, of: point), data.strides.panelStride, filters, next,
        products.panel(0, of: point))
    }
    switch filters {
    case .transformed(let matrices):
      for point in 0..<points {
        let next = point + 1 < points ? matrices.panel(panel, of: point + 1) : matrices.panel(panel + 1, of: 0)
        multiply(point, by: matrices.panel(panel, of: point), next: next)
      }
    case .weight(let weight):
      // Just transformed, they are in the cache.
      forEachRowOfPoints(of: weight, for: .output, panel: panel) { row, matrices in
        for column in 0..<pointColumns {
          let filters = matrices.panel(0, of: column)
          multiply(row * pointColumns + column, by: filters, next: filters)
        }
      }
    }
    withUnsafePointer(to: products.strides) { strides in
      for row in block.rows {
        let place = tiles.place(ofRow: row)
        var result = target.patches(image: place.image, row: place.row, channel: channels.lowerBound)
        Kernels.best.winogradOutput(
          products.row(block.firstTile(ofRow: row)), strides, tiles.columns, channels.count, &result)
      }
    }
  }
}
