// The gradients of Winograd's convolution for few tiles and many filters: one panel of input channels after the other.

import CKernels

extension WinogradConvolution {
  /// Processes one panel of input channels at a time: its dU is transformed back immediately, and the filters for its
  /// dV have just been transformed.
  func gradientsOfOneBlock(
    _ source: ConvolutionGradientSource, _ images: UnsafePointer<Float>, _ weight: Tensor<Float>,
    _ gradients: GradientTargets
  ) {
    let block = tiles.blocks(of: 0..<geometry.batch, tiles: tiles.count)[0]
    let data = transformInput(images, block)
    let products = transformGradient(source, block, biasGradient: gradients.bias)
    defer { extendLifetime((data, products)) }
    let weight = weight.contiguous()
    let panels = Kernels.panels(for: geometry.inputChannels)
    parallelFor(chunks: gradients.input == nil ? panels : 2 * panels) { chunk in
      let panel = chunk % panels
      if chunk < panels {
        writeWeightGradient(panel, data, products, block, to: gradients.weight)
      } else if let target = gradients.input {
        writeInputGradient(panel, products, block, weight, to: target)
      }
    }
  }

  /// The input's gradient for one panel of its channels.
  func writeInputGradient(
    _ panel: Int, _ products: PanelMatrices, _ block: WinogradTiles.Block, _ weight: Tensor<Float>,
    to gradient: Tensor<Float>
  ) {
    let dataGradient = matrices(rows: block.capacity, columns: Kernels.panel)
    defer { extendLifetime(dataGradient) }
    forEachRowOfPoints(of: weight, for: .inputGradient, panel: panel) { row, filters in
      for column in 0..<pointColumns {
        let point = row * pointColumns + column
        Kernels.best.multiply(
          block.capacity, geometry.outputChannels, products.panel(0, of: point), products.strides.panelStride,
          filters.panel(0, of: column), filters.panel(0, of: column), dataGradient.panel(0, of: point))
      }
    }
    addInputGradient(
      dataGradient.panel(0, of: 0), dataGradient.strides, block, rows: block.rows,
      channels: Kernels.channels(ofPanel: panel, of: geometry.inputChannels), to: gradient.storage.pointer)
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
}
