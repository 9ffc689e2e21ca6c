import CKernels

/// Both gradients of a convolution of single pixels behind which a normalization stands, block by block: the gradient of the
/// results of a block is computed once, is used for both while it is in the cache, and is never written to memory.
struct PointwiseGradients {
  private let geometry: ConvolutionGeometry
  private let blocks: IndirectBlocks

  /// The most weights: each group of pixels has sums of its own for all of them.
  private static let mostWeights = 1 << 16
  /// The most bytes of a block, with the panels that it is copied to.
  private static let cachedBytes = 256 * 1024
  /// The most groups of pixels whose sums are added at last, enough parts for any number of threads.
  private static let mostGroups = 16

  /// `nil` for other convolutions, and where the weights are too many or the pixels too few for it.
  init?(_ geometry: ConvolutionGeometry) {
    let weights = geometry.weightShape.elementCount
    guard geometry.columnsAreInput, geometry.groups == 1, weights <= Self.mostWeights else { return nil }
    let pixels = geometry.batch * geometry.placement.output.area
    let numbers = 2 * geometry.outputChannels + 2 * geometry.inputChannels
    let length = Swift.min(Swift.max(Self.cachedBytes / 4 / numbers, 48), 192)
    guard pixels >= Self.mostGroups * length / 2 else { return nil }
    self.geometry = geometry
    blocks = IndirectBlocks(count: pixels, atMost: length, step: 1, lines: 1)
  }

  /// The gradients with respect to input, weight and bias.
  func gradients(
    _ gradient: NormalizationInputGradient, input: Tensor<Float>, weight: Tensor<Float>, needsInput: Bool
  ) -> ConvolutionGradients {
    let input = input.channelsLast()
    let result = needsInput ? Tensor<Float>(unsafeUninitialized: Layout(channelsLast: geometry.inputShape)) : nil
    let products = result.map { result in
      IndirectProducts(
        filters: IndirectFilters(weight, for: geometry, elements: [0]), depth: geometry.outputChannels,
        results: result.storage.pointer, epilogue: .none)
    }
    let groups = Swift.min(blocks.indices.count, Self.mostGroups)
    let weights = Tensor<Float>(zeros: Shape([groups] + geometry.weightShape))
    let biases = Tensor<Float>(zeros: [groups, Kernels.panels(for: geometry.outputChannels) * Kernels.panel])
    let (x, weightSums, biasSums) = (UnsafePointer(input.elements), weights.elements, biases.elements)
    let (weightCount, biasCount) = (geometry.weightShape.elementCount, biases.shape[1])
    parallelFor(chunks: groups) { group in
      let block = Block(geometry, pixels: blocks[0].count)
      for index in blocks.indices.count * group / groups..<blocks.indices.count * (group + 1) / groups {
        let pixels = blocks[index]
        gradient.compute(pixels, into: block.gradient.pointer)
        if let products { block.addInputGradient(pixels, by: products) }
        block.addFilterGradient(
          pixels, input: x, weights: weightSums + group * weightCount, biases: biasSums + group * biasCount)
      }
    }
    extendLifetime((input, result, weights, biases))
    return ConvolutionGradients(
      input: result, weight: weights.summingFirstAxis(),
      bias: biases.summingFirstAxis()[0..<geometry.outputChannels])
  }

  /// What one thread works with.
  private struct Block {
    private let geometry: ConvolutionGeometry
    /// The gradient of the results, rows of channels.
    let gradient: Storage<Float>
    /// The same, and the input, in panels.
    private let gradientPanels, inputPanels: Storage<Float>

    init(_ geometry: ConvolutionGeometry, pixels: Int) {
      self.geometry = geometry
      gradient = Storage(count: pixels * geometry.outputChannels)
      gradientPanels = Storage(count: pixels * Kernels.panels(for: geometry.outputChannels) * Kernels.panel)
      inputPanels = Storage(count: pixels * Kernels.panels(for: geometry.inputChannels) * Kernels.panel)
    }

    /// dx = dy · w for some pixels.
    func addInputGradient(_ pixels: Range<Int>, by products: IndirectProducts) {
      let (outputs, inputs) = (geometry.outputChannels, geometry.inputChannels)
      withUnsafeTemporaryAllocation(of: UnsafePointer<Float>.self, capacity: pixels.count) { reads in
        withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Float>.self, capacity: pixels.count) { targets in
          guard let reads = reads.baseAddress, let targets = targets.baseAddress else { return }
          for (place, pixel) in pixels.enumerated() {
            reads[place] = UnsafePointer(gradient.pointer + place * outputs)
            targets[place] = products.results + pixel * inputs
          }
          products.compute(0..<products.filters.panels, pixels: pixels.count, reads, targets)
        }
      }
    }

    /// dw += dyᵀ · x, and db += Σ dy.
    func addFilterGradient(
      _ pixels: Range<Int>, input: UnsafePointer<Float>, weights: UnsafeMutablePointer<Float>,
      biases: UnsafeMutablePointer<Float>
    ) {
      let (count, outputs, inputs) = (pixels.count, geometry.outputChannels, geometry.inputChannels)
      Kernels.best.copyPanels(count, outputs, gradient.pointer, outputs, gradientPanels.pointer)
      Kernels.best.copyPanels(count, inputs, input + pixels.lowerBound * inputs, inputs, inputPanels.pointer)
      for row in 0..<Kernels.panels(for: outputs) {
        let rows = Kernels.channels(ofPanel: row, of: outputs)
        let left = gradientPanels.pointer + row * count * Kernels.panel
        Kernels.best.addRows(count, rows.count, left, biases + rows.lowerBound, 1)
        for column in 0..<Kernels.panels(for: inputs) {
          let columns = Kernels.channels(ofPanel: column, of: inputs)
          Kernels.best.addOuterProducts(
            count, rows.count, columns.count, left, inputPanels.pointer + column * count * Kernels.panel,
            weights + rows.lowerBound * inputs + columns.lowerBound, inputs, 1)
        }
      }
    }
  }
}
