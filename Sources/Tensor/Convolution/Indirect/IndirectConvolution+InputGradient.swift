import CKernels

extension IndirectConvolution {
  /// The gradient with respect to the input, from that of all results, `[N, O, oh, ow]`.
  ///
  /// Pixels of the input whose rows and columns leave the same rest by the stride are read by the same elements of the
  /// window. For each rest they are one convolution of the gradient, whose pixels are neighbours.
  func inputGradient(_ gradient: Tensor<Float>, weight: Tensor<Float>) -> Tensor<Float> {
    let result = Tensor<Float>(unsafeUninitialized: Layout(channelsLast: geometry.inputShape))
    let gradient = gradient.channelsLast()
    let target = result.storage.pointer
    let depth = geometry.outputChannelsPerGroup
    let works = phases.map { phase in
      IndirectWork(
        grid: phase.grid, source: IndirectSource(gradient, grid: phase.grid),
        products: IndirectProducts(
          filters: IndirectFilters(weight, for: geometry, elements: phase.elements), depth: depth, results: target,
          epilogue: .none))
    }
    let divisions = works.map { IndirectDivision($0, bytesOfPixel: geometry.outputChannels * 4, measures: false) }
    var parts: [(work: Int, chunk: Int)] = []
    for (index, division) in divisions.enumerated() { parts += (0..<division.chunks).map { (index, $0) } }
    parallelFor(chunks: parts.count) { index in
      let part = parts[index]
      works[part.work].compute(divisions[part.work][part.chunk])
    }
    extendLifetime(works)
    return result
  }

  /// The pixels of the input with one rest by the stride, and the elements of the window that read them.
  private struct Phase {
    let grid: IndirectGrid
    let elements: [Int]
  }

  private var phases: [Phase] {
    let stride = geometry.placement.window.stride
    let (rows, columns) = (
      Swift.min(stride.height, geometry.placement.input.height), Swift.min(stride.width, geometry.placement.input.width)
    )
    return (0..<rows * columns).map { phase(row: $0 / columns, column: $0 % columns) }
  }

  private func phase(row: Int, column: Int) -> Phase {
    let (placement, window) = (geometry.placement, geometry.placement.window)
    let (input, stride) = (placement.input, window.stride)
    var (taps, elements): ([IndirectGrid.Tap], [Int]) = ([], [])
    for element in 0..<window.size.area {
      let down = row + placement.top - element / window.size.width * window.dilation.height
      let right = column + placement.left - element % window.size.width * window.dilation.width
      guard down % stride.height == 0, right % stride.width == 0 else { continue }
      taps.append(IndirectGrid.Tap(row: down / stride.height, column: right / stride.width))
      elements.append(element)
    }
    let size = Size(
      height: (input.height - row + stride.height - 1) / stride.height,
      width: (input.width - column + stride.width - 1) / stride.width)
    let grid = IndirectGrid(
      batch: geometry.batch, image: placement.output, imageChannels: geometry.outputChannels, size: size, step: 1,
      taps: taps, target: input, targetChannels: geometry.inputChannels,
      targetFirst: Size(height: row, width: column), targetStep: stride)
    return Phase(grid: grid, elements: elements)
  }
}
