import CKernels

/// The gradient of filters and bias as sums over blocks of pixels.
///
/// Of 1×1 windows, the sums are a matrix like the weight, `[groups][O / groups][C / groups]`. Otherwise they stand in
/// panels like the filters, `[groups][panels][taps][depth][32]`.
struct FilterGradientSums: @unchecked Sendable {
  private let geometry: ConvolutionGeometry
  private let source: IndirectSource
  private let gradient: UnsafePointer<Float>
  /// The length of a run that is read under one tap, and the number of taps.
  private let depth, taps: Int
  private let blocks: IndirectBlocks
  private let division: FilterGradientDivision
  /// One after the other for each group of pixels.
  private let sums, biases: Storage<Float>
  private let size, biasSize: Int

  /// The pixels of a block: two panels of them stay in the L1 cache, or nearly.
  private static let pixels = 192

  /// Sums the products of a gradient, channels innermost, and what its pixels read.
  init(_ geometry: ConvolutionGeometry, _ source: IndirectSource, gradient: UnsafePointer<Float>) {
    (self.geometry, self.source, self.gradient) = (geometry, source, gradient)
    (depth, taps) = (source.depth(channels: geometry.inputChannelsPerGroup), source.taps)
    blocks = source.blocks(pixels: Self.pixels, step: 1)
    let (inputs, outputs) = (taps * Kernels.panels(for: depth), Kernels.panels(for: geometry.outputChannelsPerGroup))
    let isPointwise = geometry.placement.window.size.area == 1
    division = FilterGradientDivision(
      groups: geometry.groups, rows: isPointwise ? outputs : inputs, columns: isPointwise ? inputs : outputs,
      blocks: blocks.indices.count)
    size =
      isPointwise
      ? geometry.weightShape.elementCount : geometry.groups * outputs * geometry.filterSize * Kernels.panel
    biasSize = geometry.groups * outputs * Kernels.panel
    sums = Storage(count: division.pixelGroups * size)
    biases = Storage(count: division.pixelGroups * biasSize)
  }

  /// Whether a window is a single pixel, so that the gradient stands like the weight.
  private var isPointwise: Bool { geometry.placement.window.size.area == 1 }

  /// Computes all sums.
  func compute() {
    parallelFor(chunks: division.chunks) { compute(division[$0]) }
  }

  private func compute(_ part: FilterGradientDivision.Part) {
    let (count, groups) = (blocks.indices.count, division.pixelGroups)
    let first = count * part.pixelGroup / groups
    let largest = blocks[0].count * Kernels.panel
    let left = Storage<Float>(count: part.rows.count * largest)
    let right = Storage<Float>(count: part.columns.count * largest)
    for block in first..<count * (part.pixelGroup + 1) / groups {
      let pixels = blocks[block]
      source.withReads(of: pixels) { reads in
        for group in part.groups {
          let piece = Piece(
            reads: reads, pixels: pixels, group: group, rows: part.rows, columns: part.columns,
            sums: sums.pointer + part.pixelGroup * size,
            biases: biases.pointer + part.pixelGroup * biasSize
              + group * Kernels.panels(for: geometry.outputChannelsPerGroup) * Kernels.panel,
            left: left.pointer, right: right.pointer, accumulates: block > first ? 1 : 0)
          if isPointwise { addPointwise(piece) } else { addPanels(piece) }
        }
      }
    }
  }

  /// One block of pixels, and some panels of one group's matrix.
  private struct Piece {
    let reads: UnsafePointer<UnsafePointer<Float>>
    let pixels: Range<Int>
    let group: Int
    let rows, columns: Range<Int>
    let sums, biases: UnsafeMutablePointer<Float>
    /// Room for all panels of rows and of columns.
    let left, right: UnsafeMutablePointer<Float>
    let accumulates: Int32
  }

  /// dw = dyᵀ · x: the rows are those of the weight.
  private func addPointwise(_ piece: Piece) {
    let (count, outputs) = (piece.pixels.count, geometry.outputChannelsPerGroup)
    let inputs = channels(of: piece.columns, of: depth)
    Kernels.best.gatherRows(
      piece.reads, piece.group * depth + inputs.lowerBound, count, inputs.count, piece.right)
    copyGradient(channels(of: piece.rows, of: outputs), piece, to: piece.left)
    for row in piece.rows {
      let channels = Kernels.channels(ofPanel: row, of: outputs)
      let left = piece.left + (row - piece.rows.lowerBound) * count * Kernels.panel
      if piece.columns.lowerBound == 0 { addBias(row, channels, UnsafePointer(left), piece) }
      for column in piece.columns {
        let inputs = Kernels.channels(ofPanel: column, of: depth)
        Kernels.best.addOuterProducts(
          count, channels.count, inputs.count, left,
          piece.right + (column - piece.columns.lowerBound) * count * Kernels.panel,
          piece.sums + (piece.group * outputs + channels.lowerBound) * depth + inputs.lowerBound, depth,
          piece.accumulates)
      }
    }
  }

  /// dw = xᵀ · dy: the rows are those of the filters' panels.
  private func addPanels(_ piece: Piece) {
    let (count, outputs) = (piece.pixels.count, geometry.outputChannelsPerGroup)
    copyGradient(channels(of: piece.columns, of: outputs), piece, to: piece.right)
    if piece.rows.lowerBound == 0 {
      for column in piece.columns {
        let panel = piece.right + (column - piece.columns.lowerBound) * count * Kernels.panel
        addBias(column, Kernels.channels(ofPanel: column, of: outputs), UnsafePointer(panel), piece)
      }
    }
    let panelsOfTap = Kernels.panels(for: depth)
    var row = piece.rows.lowerBound
    while row < piece.rows.upperBound {
      let (tap, first) = (row / panelsOfTap, row % panelsOfTap)
      let panels = first..<Swift.min(first + piece.rows.upperBound - row, panelsOfTap)
      addTap(tap, panels, piece)
      row += panels.count
    }
  }

  /// The rows of one tap: some panels of what is read under it.
  private func addTap(_ tap: Int, _ panels: Range<Int>, _ piece: Piece) {
    let (count, outputs) = (piece.pixels.count, geometry.outputChannelsPerGroup)
    let panelSize = geometry.filterSize * Kernels.panel
    let sums = piece.sums + piece.group * Kernels.panels(for: outputs) * panelSize
    let inputs = channels(of: panels, of: depth)
    Kernels.best.gatherRows(
      piece.reads + tap * count, piece.group * depth + inputs.lowerBound, count, inputs.count, piece.left)
    for panel in panels {
      let inputs = Kernels.channels(ofPanel: panel, of: depth)
      for column in piece.columns {
        Kernels.best.addOuterProducts(
          count, inputs.count, Kernels.channels(ofPanel: column, of: outputs).count,
          piece.left + (panel - panels.lowerBound) * count * Kernels.panel,
          piece.right + (column - piece.columns.lowerBound) * count * Kernels.panel,
          sums + column * panelSize + (tap * depth + inputs.lowerBound) * Kernels.panel, Kernels.panel,
          piece.accumulates)
      }
    }
  }

  /// The channels of some panels of `count` channels.
  private func channels(of panels: Range<Int>, of count: Int) -> Range<Int> {
    panels.lowerBound * Kernels.panel..<Swift.min(panels.upperBound * Kernels.panel, count)
  }

  /// Copies some channels of the gradient of a block of pixels to panels.
  private func copyGradient(_ channels: Range<Int>, _ piece: Piece, to panels: UnsafeMutablePointer<Float>) {
    Kernels.best.copyPanels(
      piece.pixels.count, channels.count,
      gradient + piece.pixels.lowerBound * geometry.outputChannels + piece.group * geometry.outputChannelsPerGroup
        + channels.lowerBound, geometry.outputChannels, panels)
  }

  private func addBias(_ panel: Int, _ channels: Range<Int>, _ gradient: UnsafePointer<Float>, _ piece: Piece) {
    Kernels.best.addRows(
      piece.pixels.count, channels.count, gradient, piece.biases + panel * Kernels.panel, piece.accumulates)
  }

  /// The sums of all groups of pixels, as a weight.
  func weight() -> Tensor<Float> {
    if isPointwise {
      let parts = Tensor<Float>(
        storage: sums, layout: Layout(rowMajor: Shape([division.pixelGroups] + geometry.weightShape)))
      return division.pixelGroups == 1 ? parts.reshaped(to: geometry.weightShape) : parts.summingFirstAxis()
    }
    let result = Tensor<Float>(unsafeUninitialized: Layout(rowMajor: geometry.weightShape))
    let (filter, outputs) = (geometry.filterSize, geometry.outputChannelsPerGroup)
    let (start, target, parts) = (sums.pointer, result.storage.pointer, division.pixelGroups)
    let panels = Kernels.panels(for: outputs)
    geometry.rowsOfFilterElements.withUnsafeBufferPointer { rows in
      guard let first = rows.baseAddress else { return }
      nonisolated(unsafe) let rows = first
      nonisolated(unsafe) let (start, target) = (start, target)
      parallelFor(chunks: geometry.groups * panels) { panel in
        let channels = Kernels.channels(ofPanel: panel % panels, of: outputs)
        let filters = panel / panels * outputs + channels.lowerBound
        Kernels.best.unpackLines(
          start + panel * filter * Kernels.panel, parts, size, rows, filter, channels.count,
          target + filters * filter, filter)
      }
    }
    extendLifetime((sums, result))
    return result
  }

  /// The sums of all groups of pixels, as a bias.
  func bias() -> Tensor<Float> {
    let outputs = geometry.outputChannelsPerGroup
    let panels = Kernels.panels(for: outputs)
    let scalars = (0..<geometry.outputChannels).map { channel in
      let place = channel / outputs * panels * Kernels.panel + channel % outputs
      return (0..<division.pixelGroups).reduce(Float(0)) { $0 + biases.pointer[$1 * biasSize + place] }
    }
    extendLifetime(biases)
    return Tensor(shape: [geometry.outputChannels], scalars: scalars)
  }
}
