// The gradients of Winograd's convolution for many tiles: in groups of images.

import CKernels

extension WinogradConvolution {
  /// The number of tiles in a block, if there are many. Every block reads and writes dU. If the transforms of fewer
  /// than 24 tiles would fit into the L2 cache, larger blocks that do not fit are faster.
  var gradientBlockTiles: Int {
    let cached = tiles(inCacheWith: geometry.inputChannels + geometry.outputChannels)
    return cached >= 24 ? cached : 32
  }
  /// The number of groups of images with their own dU, and the number of tiles that makes a group worthwhile.
  static let mostGroups = 4, leastTilesOfGroup = 256

  /// Processes one group of images at a time, each with its own dU. The groups depend only on the shape, so that the
  /// bits do not depend on the threads.
  func gradientsOfGroups(
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
      for block in tiles.blocks(of: groups[group], tiles: gradientBlockTiles) {
        let data = transformInput(images, block)
        let products = transformGradient(source, block, biasGradient: biasGradients[group])
        defer { extendLifetime((data, products)) }
        let isFirst = block.rows.lowerBound == groups[group].lowerBound * tiles.rows
        parallelFor(chunks: points * panels) { chunk in
          let (point, panel) = (chunk / panels, chunk % panels)
          Kernels.best.multiplyTransposed(
            block.count, block.capacity, outputPanels, data.panel(panel, of: point), products.panel(0, of: point),
            filterGradient.panel(0, of: group * points + point) + panel * Kernels.panel * Kernels.panel,
            filterGradient.strides.panelStride, isFirst ? 0 : 1)
          // The data of this panel are no longer needed; their gradient overwrites them.
          if let filters {
            let factor = filters.panel(panel, of: point)
            Kernels.best.multiply(
              block.capacity, geometry.outputChannels, products.panel(0, of: point), products.strides.panelStride,
              factor, factor + geometry.outputChannels * Kernels.panel, data.panel(panel, of: point))
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
    forEachPiece(of: .output) { panel, columns, rows in
      transformWeightGradient(
        filterGradient.panel(panel, of: 0) + rows.lowerBound * Kernels.panel, filterGradient.strides,
        groups: groups.count, rows: rows, columns: columns, to: gradients.weight)
    }
  }

  /// dX of one block, a panel of channels of an image at a time, since tiles overlap.
  func addInputGradient(
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
}
