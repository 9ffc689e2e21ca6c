import CKernels

/// The filters of a convolution in panels, `[groups][panels][taps][depth][32]`: for each tap of a window and each channel
/// that is summed over, the weights of up to 32 channels of the result.
struct IndirectFilters: @unchecked Sendable {
  private let storage: Storage<Float>
  private let base: UnsafeMutablePointer<Float>
  /// The number of groups, and of channels of the result in each.
  let groups, columns: Int
  /// The rows of a panel: taps times depth.
  let rows: Int

  /// Takes memory; its content is undefined.
  init(groups: Int, columns: Int, rows: Int) {
    (self.groups, self.columns, self.rows) = (groups, columns, rows)
    storage = Storage(count: Swift.max(groups * Kernels.panels(for: columns) * rows * Kernels.panel, 1))
    base = storage.pointer
  }

  /// The number of panels of all groups.
  var panels: Int { groups * Kernels.panels(for: columns) }

  /// The address of a panel.
  @inline(__always)
  func panel(_ index: Int) -> UnsafeMutablePointer<Float> { base + index * rows * Kernels.panel }

  /// The group of a panel, and its channels in the group.
  @inline(__always)
  func place(ofPanel index: Int) -> (group: Int, columns: Range<Int>) {
    let panels = Kernels.panels(for: columns)
    return (index / panels, Kernels.channels(ofPanel: index % panels, of: columns))
  }
}

extension IndirectFilters {
  /// The filters of a weight `[O, C / groups, kh, kw]` for the result of a convolution.
  init(_ weight: Tensor<Float>, for geometry: ConvolutionGeometry) {
    let size = geometry.filterSize
    self.init(groups: geometry.groups, columns: geometry.outputChannelsPerGroup, rows: size)
    let weight = weight.contiguous()
    defer { extendLifetime(weight) }
    let source = UnsafePointer(weight.elements)
    let rows = geometry.rowsOfFilterElements
    rows.withUnsafeBufferPointer { rows in
      guard let start = rows.baseAddress else { return }
      nonisolated(unsafe) let rows = start
      parallelFor(chunks: panels) { index in
        let (group, columns) = place(ofPanel: index)
        let first = group * geometry.outputChannelsPerGroup + columns.lowerBound
        Kernels.best.packLines(source + first * size, size, columns.count, rows, size, panel(index))
      }
    }
  }

  /// The filters for the gradient of the input: each channel of the input sums over the channels of the result, under the
  /// taps of the given elements of the window.
  init(_ weight: Tensor<Float>, for geometry: ConvolutionGeometry, elements: [Int]) {
    let (area, depth) = (geometry.placement.window.size.area, geometry.outputChannelsPerGroup)
    self.init(groups: geometry.groups, columns: geometry.inputChannelsPerGroup, rows: elements.count * depth)
    let weight = weight.contiguous()
    defer { extendLifetime(weight) }
    let source = UnsafePointer(weight.elements)
    var rows = [Int](repeating: -1, count: area)
    for (tap, element) in elements.enumerated() { rows[element] = tap * depth }
    let filter = geometry.filterSize
    rows.withUnsafeBufferPointer { rows in
      guard let start = rows.baseAddress else { return }
      nonisolated(unsafe) let rows = start
      parallelFor(chunks: panels) { index in
        let (group, columns) = place(ofPanel: index)
        let first = source + group * depth * filter + columns.lowerBound * area
        if area == 1, !elements.isEmpty {
          Kernels.best.copyPanels(depth, columns.count, first, filter, panel(index))
          return
        }
        for channel in 0..<depth {
          Kernels.best.packLines(
            first + channel * filter, area, columns.count, rows, area, panel(index) + channel * Kernels.panel)
        }
      }
    }
  }
}

extension ConvolutionGeometry {
  /// For each element of a filter in the order of the weight, `[C / groups, kh, kw]`, its row in a panel,
  /// `[kh, kw, C / groups]`.
  var rowsOfFilterElements: [Int] {
    let area = placement.window.size.area
    return (0..<filterSize).map { $0 % area * inputChannelsPerGroup + $0 / area }
  }
}
