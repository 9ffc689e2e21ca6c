// Winograd's convolution F(4×4, 3×3): 36 products for 16 results and each pair of channels, in place of 144.
//
// It goes in three phases, block by block of tiles, each phase in parallel:
//   1. the inputs of every tile are transformed, V = Bᵀ d B, into 36 matrices [tiles, C];
//   2. each of the 36 is multiplied by the transformed filters, M = V · U, U = G g Gᵀ of [C, O];
//   3. the products of every tile are transformed back, Y = Aᵀ M A, and finished: bias, ReLU, pooling.
//
// The gradients are the adjoints of the same phases: dM = A dY Aᵀ is made once, and gives dU = Vᵀ · dM and
// dV = dM · Uᵀ; then dg = Gᵀ dU G, and dX sums B dV Bᵀ over tiles that overlap.
//
// Which thread does what never changes the order of a sum: the bits are the same on any number of threads.
//
// Sources: Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2016; the error bound stands in
// CKernels/Kernels/Winograd.h.

import CKernels

/// A 3×3 convolution of stride 1, computed by Winograd's algorithm.
struct WinogradConvolution {
  let geometry: ConvolutionGeometry
  private let tiles: WinogradTiles

  /// The transform costs as much as the products of about 16 channels.
  private static let leastChannels = 16
  private static let points = 36

  /// `nil` where the shape is not one for this algorithm.
  init?(_ geometry: ConvolutionGeometry) {
    let window = geometry.placement.window
    guard window.size == 3, window.stride == 1, window.dilation == 1, geometry.groups == 1,
      min(geometry.inputChannels, geometry.outputChannels) >= Self.leastChannels
    else { return nil }
    self.geometry = geometry
    tiles = WinogradTiles(geometry)
  }

  /// What transformed filters are for: which channels the products sum over.
  enum Purpose {
    /// U, 36 matrices `[C, O]`.
    case output
    /// Uᵀ, 36 matrices `[O, C]`.
    case inputGradient
  }

  /// The transformed filters of a weight `[O, C, 3, 3]`.
  func transformed(_ weight: Tensor<Float>, for purpose: Purpose) -> PanelMatrices {
    let (rows, columns, strides) = sides(of: purpose)
    let result = PanelMatrices(count: Self.points, rows: rows, columns: columns)
    let weight = weight.contiguous()
    defer { extendLifetime(weight) }
    let filters = weight.elements
    forEachPiece(rows: rows, columns: columns) { panel, lanes, rows in
      Kernels.best.winogradFilters(
        filters + panel * Kernels.panel * strides.column + rows.lowerBound * strides.row, strides.column, lanes,
        strides.row, rows.count, result.panel(panel, of: 0) + rows.lowerBound * Kernels.panel,
        result.strides.planeStride)
    }
    return result
  }

  /// Computes the convolution of images `[N, C, H, W]`.
  func compute(_ input: Tensor<Float>, _ filters: PanelMatrices, into target: ConvolutionTarget) {
    let input = input.channelsLast()
    let data = PanelMatrices(count: Self.points, rows: tiles.capacity, columns: geometry.inputChannels)
    let products = PanelMatrices(count: Self.points, rows: tiles.capacity, columns: geometry.outputChannels)
    let panels = Kernels.panels(for: geometry.outputChannels)
    for block in tiles.blocks {
      transformInput(input, block, into: data)
      parallelFor(chunks: Self.points * panels) { chunk in
        let (point, panel) = (chunk / panels, chunk % panels)
        Kernels.best.multiply(
          (block.count + 7) / 8 * 8, geometry.inputChannels, data.panel(0, of: point), data.strides.panelStride,
          filters.panel(panel, of: point), products.panel(panel, of: point))
      }
      forEachTile(of: block) { tile, image, row, column in
        withUnsafePointer(to: products.strides) { strides in
          var result = target.patch(image: image, row: row, column: column)
          Kernels.best.winogradOutput(products.row(tile), strides, geometry.outputChannels, &result)
        }
      }
    }
  }

  /// The gradients with respect to input, weight and bias.
  func gradients(
    _ source: ConvolutionGradientSource, input: Tensor<Float>, weight: Tensor<Float>, needsInput: Bool
  ) -> ConvolutionGradients {
    let (channels, outputChannels) = (geometry.inputChannels, geometry.outputChannels)
    guard geometry.batch > 0 else {
      return ConvolutionGradients(
        input: needsInput ? input : nil, weight: Tensor(zeros: weight.shape), bias: Tensor(zeros: [outputChannels]))
    }
    let input = input.channelsLast()
    let data = PanelMatrices(count: Self.points, rows: tiles.capacity, columns: channels)
    let products = PanelMatrices(count: Self.points, rows: tiles.capacity, columns: outputChannels)
    let filterGradient = PanelMatrices(
      count: Self.points, rows: Kernels.panels(for: channels) * Kernels.panel, columns: outputChannels)
    let filters = needsInput ? transformed(weight, for: .inputGradient) : nil
    let inputLayout = Layout(channelsLast: input.shape)
    let inputGradient = needsInput ? Tensor<Float>(storage: Storage(count: input.count), layout: inputLayout) : nil
    let (panels, outputPanels) = (Kernels.panels(for: channels), Kernels.panels(for: outputChannels))
    // The sum of a tile's gradients stands in its transform: at the point (1, 1), the eighth of the 36.
    let biasGradient = Tensor<Float>(zeros: [outputPanels * Kernels.panel])
    for block in tiles.blocks {
      transformInput(input, block, into: data)
      forEachTile(of: block) { tile, image, row, column in
        withUnsafePointer(to: products.strides) { strides in
          var gradient = source.patch(image: image, row: row, column: column)
          Kernels.best.winogradGradient(&gradient, outputChannels, products.row(tile), strides)
        }
      }
      parallelFor(chunks: Self.points * panels + outputPanels) { chunk in
        let (point, panel) = (chunk / panels, chunk % panels)
        guard point < Self.points else {
          let panel = chunk - Self.points * panels
          return Kernels.best.addRows(
            block.count, products.panel(panel, of: 7), biasGradient.elements + panel * Kernels.panel)
        }
        for outputPanel in 0..<outputPanels {
          Kernels.best.multiplyTransposed(
            block.count, data.panel(panel, of: point), products.panel(outputPanel, of: point),
            filterGradient.panel(outputPanel, of: point) + panel * Kernels.panel * Kernels.panel,
            block.rows.lowerBound > 0 ? 1 : 0)
        }
        // The data of this panel have done their work; their gradient takes their place.
        if let filters {
          Kernels.best.multiply(
            (block.count + 7) / 8 * 8, outputChannels, products.panel(0, of: point), products.strides.panelStride,
            filters.panel(panel, of: point), data.panel(panel, of: point))
        }
      }
      if let inputGradient { addInputGradient(data, block, to: inputGradient) }
    }
    return ConvolutionGradients(
      input: inputGradient, weight: weightGradient(filterGradient), bias: biasGradient[0..<outputChannels])
  }

  /// V of one block.
  private func transformInput(_ input: Tensor<Float>, _ block: WinogradTiles.Block, into data: PanelMatrices) {
    let images = UnsafePointer(input.elements)
    parallelFor(chunks: block.rows.count) { chunk in
      let row = block.rows.lowerBound + chunk
      let first = block.firstTile(ofRow: row)
      withUnsafePointer(to: data.strides) { strides in
        tiles.forEachPatch(ofRow: row) { column, offset, patch in
          Kernels.best.winogradInput(
            images + offset, &patch, geometry.inputChannels, data.row(first + column), strides)
        }
      }
    }
  }

  /// dX of one block: one image and panel of channels at a time, since tiles overlap.
  private func addInputGradient(_ data: PanelMatrices, _ block: WinogradTiles.Block, to gradient: Tensor<Float>) {
    let images = tiles.images(of: block)
    let panels = Kernels.panels(for: geometry.inputChannels)
    parallelFor(chunks: images.count * panels) { chunk in
      let channel = chunk % panels * Kernels.panel
      let channels = Swift.min(geometry.inputChannels - channel, Kernels.panel)
      withUnsafePointer(to: data.strides) { strides in
        for row in tiles.rows(of: block, in: images.lowerBound + chunk / panels) {
          let source = data.panel(chunk % panels, of: 0) + block.firstTile(ofRow: row) * Kernels.panel
          tiles.forEachPatch(ofRow: row) { column, offset, patch in
            Kernels.best.winogradInputGradient(
              source + column * Kernels.panel, strides, channels, gradient.storage.pointer + offset + channel, &patch)
          }
        }
      }
    }
  }

  /// dg of the whole batch, `[O, C, 3, 3]`.
  private func weightGradient(_ filterGradient: PanelMatrices) -> Tensor<Float> {
    let (rows, columns, strides) = sides(of: .output)
    return Tensor(unsafeUninitialized: [columns, rows, 3, 3]) { result in
      guard let result = result.baseAddress else { return }
      forEachPiece(rows: rows, columns: columns) { panel, lanes, rows in
        Kernels.best.winogradFilterGradient(
          filterGradient.panel(panel, of: 0) + rows.lowerBound * Kernels.panel, filterGradient.strides.planeStride,
          lanes, rows.count, result + panel * Kernels.panel * strides.column + rows.lowerBound * strides.row,
          strides.column, strides.row)
      }
    }
  }

  /// The sides of the transformed filters, and how far neighbours along them lie apart in the weight.
  private func sides(of purpose: Purpose) -> (rows: Int, columns: Int, strides: (row: Int, column: Int)) {
    let (channels, outputChannels) = (geometry.inputChannels, geometry.outputChannels)
    return switch purpose {
    case .output: (channels, outputChannels, (row: 9, column: 9 * channels))
    case .inputGradient: (outputChannels, channels, (row: 9 * channels, column: 9))
    }
  }

  /// Calls `body` in parallel for pieces of matrices: a panel, its lanes in use, and 16 rows.
  private func forEachPiece(rows: Int, columns: Int, _ body: (_ panel: Int, _ lanes: Int, _ rows: Range<Int>) -> Void) {
    let (panels, rowsPerPiece) = (Kernels.panels(for: columns), 16)
    let pieces = (rows + rowsPerPiece - 1) / rowsPerPiece
    parallelFor(chunks: panels * pieces) { chunk in
      let (panel, first) = (chunk / pieces, chunk % pieces * rowsPerPiece)
      body(
        panel, Swift.min(columns - panel * Kernels.panel, Kernels.panel),
        first..<Swift.min(first + rowsPerPiece, rows))
    }
  }

  /// Calls `body` in parallel for every tile of a block: its number there, and its image, first row and column.
  private func forEachTile(
    of block: WinogradTiles.Block, _ body: (_ tile: Int, _ image: Int, _ row: Int, _ column: Int) -> Void
  ) {
    parallelFor(chunks: block.rows.count) { chunk in
      let row = block.rows.lowerBound + chunk
      for column in 0..<tiles.columns {
        body(block.firstTile(ofRow: row) + column, row / tiles.rows, row % tiles.rows * 4, column * 4)
      }
    }
  }
}
