// The gradient of Winograd's convolution with respect to its input alone, where the weight is not trained: the steps of
// the other gradients without those of the weight.

import CKernels

extension WinogradConvolution {
  /// The gradient with respect to the input.
  func inputGradient(_ source: ConvolutionGradientSource, weight: Tensor<Float>) -> Tensor<Float> {
    let result = Tensor<Float>(
      storage: Storage(shape: geometry.inputShape), layout: Layout(channelsLast: geometry.inputShape))
    defer { extendLifetime(source) }
    if tiles.count <= Self.tilesOfOneBlock {
      let block = tiles.blocks(of: 0..<geometry.batch, tiles: tiles.count)[0]
      let products = transformGradient(source, block, biasGradient: Tensor(zeros: [geometry.outputChannels]))
      let weight = weight.contiguous()
      defer { extendLifetime(products) }
      parallelFor(chunks: Kernels.panels(for: geometry.inputChannels)) { panel in
        writeInputGradient(panel, products, block, weight, to: result)
      }
    } else {
      inputGradientOfGroups(source, weight, to: result)
    }
    return result
  }

  private func inputGradientOfGroups(
    _ source: ConvolutionGradientSource, _ weight: Tensor<Float>, to result: Tensor<Float>
  ) {
    let groups = tiles.groups(most: Self.mostGroups, leastTiles: Self.leastTilesOfGroup)
    let filters = transformed(weight, for: .inputGradient)
    let panels = Kernels.panels(for: geometry.inputChannels)
    defer { extendLifetime(filters) }
    parallelOutside(count: groups.count) { group in
      for block in tiles.blocks(of: groups[group], tiles: gradientBlockTiles) {
        let products = transformGradient(source, block, biasGradient: Tensor(zeros: [geometry.outputChannels]))
        let data = matrices(rows: block.capacity, columns: geometry.inputChannels)
        defer { extendLifetime((data, products)) }
        parallelFor(chunks: points * panels) { chunk in
          let (point, panel) = (chunk / panels, chunk % panels)
          let factor = filters.panel(panel, of: point)
          Kernels.best.multiply(
            block.capacity, geometry.outputChannels, products.panel(0, of: point), products.strides.panelStride,
            factor, factor + geometry.outputChannels * Kernels.panel, data.panel(panel, of: point))
        }
        addInputGradient(data, block, to: result.storage.pointer)
      }
    }
  }
}
