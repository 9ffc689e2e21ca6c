import CKernels

extension DirectConvolution {
  /// The gradients with respect to weight and bias.
  ///
  /// The images are summed in at most eight fixed groups, then the groups are added, so that the bits do not depend on
  /// the number of threads. The bias is treated as one more element of the filter.
  func gradients(_ source: ConvolutionGradientSource, input: Tensor<Float>) -> ConvolutionGradients {
    let rows = (geometry.filterSize + 1).roundedUp(to: 8)
    let groups = Swift.min(geometry.batch, 8)
    let partial = PanelMatrices(count: groups, rows: rows, columns: geometry.outputChannels)
    defer { extendLifetime(partial) }
    let isLookedUp = source.pools && geometry.placement.window.size == 3
    let elements = isLookedUp ? [] : Band(geometry).elements
    input.withUnsafeScalars { input in
      parallelFor(chunks: groups) { group in
        for panel in 0..<Kernels.panels(for: geometry.outputChannels) {
          partial.panel(panel, of: group).update(repeating: 0, count: rows * Kernels.panel)
        }
        let band = Band(geometry)
        let images = group * geometry.batch / groups..<(group + 1) * geometry.batch / groups
        for image in images {
          for firstRow in stride(from: 0, to: geometry.placement.output.height, by: Self.bandRows) {
            band.fill(from: input, image: image, firstRow: firstRow)
            for row in stride(from: 0, to: rowsInBand(from: firstRow), by: 2) {
              let gradient = source.patches(image: image, row: firstRow + row)
              if isLookedUp {
                addPooled(gradient, band, row: row, to: partial, group: group)
              } else {
                addSpread(gradient, band, elements, row: row, to: partial, group: group)
              }
            }
          }
        }
      }
    }
    return summed(partial, groups: groups)
  }

  /// Adds the gradients of a row of maxima. Each depends only on the pixels under its window.
  private func addPooled(_ gradient: kilim_gradient, _ band: Band, row: Int, to sums: PanelMatrices, group: Int) {
    let channels = geometry.inputChannels
    let count = gradient.columns * channels * Int(KILIM_PATCH) + Int(KILIM_BEHIND_PATCHES)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { patches in
      guard let patches = patches.baseAddress else { return }
      Kernels.best.gatherPatches(
        band.pixel(row: row, column: 0), band.width, band.channelStride, channels, gradient.columns, patches)
      withUnsafePointer(to: gradient) { gradient in
        for panel in 0..<Kernels.panels(for: geometry.outputChannels) {
          Kernels.best.pooledFilterGradient(
            gradient, panel * Kernels.panel, geometry.outputChannels, patches, channels, sums.panel(panel, of: group))
        }
      }
    }
  }

  /// Adds the gradients of two rows of results: a product of all pixels and all results. The bias is an element of the
  /// filter that is multiplied by a channel of ones.
  private func addSpread(
    _ gradient: kilim_gradient, _ band: Band, _ elements: [[Int]], row: Int, to sums: PanelMatrices, group: Int
  ) {
    let columns = geometry.placement.output.width.roundedUp(to: 2)
    let rows = Storage<Float>(count: 2 * columns * Kernels.panel)
    withUnsafePointer(to: gradient) { gradient in
      for panel in 0..<Kernels.panels(for: geometry.outputChannels) {
        Kernels.best.spreadGradient(
          gradient, panel * Kernels.panel, geometry.outputChannels, columns, rows.pointer)
        for (index, elements) in elements.enumerated() {
          for half in 0..<2 {
            Kernels.best.multiplyShifted(
              columns, band.pixel(row: row + half, column: 0), elements,
              rows.pointer + half * columns * Kernels.panel,
              sums.panel(panel, of: group) + 8 * index * Kernels.panel)
          }
        }
      }
    }
  }

  /// The sum of the groups' gradients, split into weight and bias.
  private func summed(_ partial: PanelMatrices, groups: Int) -> ConvolutionGradients {
    let filterSize = geometry.filterSize
    var weight = Tensor<Float>(
      zeros: [
        geometry.outputChannels, geometry.inputChannels, geometry.placement.window.size.height,
        geometry.placement.window.size.width,
      ])
    var bias = Tensor<Float>(zeros: [geometry.outputChannels])
    weight.withUnsafeMutableScalars { weight in
      bias.withUnsafeMutableScalars { bias in
        for group in 0..<groups {
          for channel in bias.indices {
            let sums = partial.panel(channel / Kernels.panel, of: group) + channel % Kernels.panel
            for element in 0..<filterSize {
              weight[channel * filterSize + element] += sums[element * Kernels.panel]
            }
            bias[channel] += sums[filterSize * Kernels.panel]
          }
        }
      }
    }
    return ConvolutionGradients(input: nil, weight: weight, bias: bias)
  }
}
