import CKernels

/// A depthwise convolution and convolutions of single pixels before and behind it, at least one of them, computed together: the
/// blocks of MobileNet and its relatives. The results have the bits of the convolutions one by one.
///
/// One by one, they write and read images of many channels that no cache holds. Here each thread takes a few rows of results
/// at a time through all of them, and what they pass on stays in the cache of its core. Rows that two threads need are
/// computed by both.
package struct DepthwiseChain {
  private let stages: [ConvolutionStage]
  /// The place of the depthwise convolution, and its filters.
  private let middle: Int
  private let filters: Tensor<Float>

  /// `nil` where the stages are others or do not fit each other, and where they take less time one by one.
  package init?(_ stages: [ConvolutionStage]) {
    guard let middle = stages.firstIndex(where: { $0.depthwiseFilters != nil }),
      let filters = stages[middle].depthwiseFilters, (2...3).contains(stages.count),
      stages.indices.allSatisfy({ $0 == middle || abs($0 - middle) == 1 && stages[$0].pointwiseFilters != nil }),
      stages.allSatisfy({ !$0.epilogue.pools }), stages.dropLast().allSatisfy({ $0.epilogue.addend == nil }),
      zip(stages, stages.dropFirst()).allSatisfy({ $0.geometry.outputShape == $1.geometry.inputShape })
    else { return nil }
    (self.stages, self.middle, self.filters) = (stages, middle, filters)
    if !pays { return nil }
  }

  private var geometry: ConvolutionGeometry { stages[middle].geometry }
  private var before: ConvolutionStage? { middle == 0 ? nil : stages[0] }
  private var behind: ConvolutionStage? { middle == stages.count - 1 ? nil : stages[middle + 1] }

  /// The parts of an image: one where there are enough images for all threads.
  private var bands: Int {
    let (images, threads) = (geometry.batch, Threads.count)
    return images % threads == 0 || images >= 4 * threads ? 1 : Swift.min(threads, geometry.placement.output.height)
  }

  /// Whether this takes less time than the convolutions one by one: not where threads would compute many rows twice, or read
  /// more numbers of filters than of images.
  private var pays: Bool {
    let placement = geometry.placement
    let twice = (bands - 1) * Swift.max(placement.reach - placement.window.stride.height, 0)
    let channels = (before?.geometry.inputChannels ?? 0) + (behind?.geometry.outputChannels ?? 0)
    return (before == nil || 5 * twice <= placement.input.height) && 4 * placement.output.area >= channels
  }

  /// The result for images `[N, C, H, W]`. Stops if they have another shape than the first stage was made for.
  package func output(_ input: Tensor<Float>) -> Tensor<Float> {
    let last = stages[stages.count - 1]
    stages[0].geometry.requireInput(input.shape)
    let target = ConvolutionTarget(
      geometry: last.geometry, bias: last.bias, epilogue: last.epilogue, keepsPlaces: false)
    let (images, pitch) =
      before == nil ? (images: input.channelsLast(), pitch: input.shape[1]) : input.channelsInnermost()
    let codes = stages.dropLast().map {
      EpilogueCode($0.epilogue, bias: $0.bias, channels: $0.geometry.outputChannels)
    }
    func epilogue(_ place: Int) -> kilim_epilogue {
      place < codes.count ? codes[place].code : target.start.epilogue
    }
    func products(_ place: Int) -> IndirectProducts? {
      guard stages.indices.contains(place), let filters = stages[place].pointwiseFilters else { return nil }
      return IndirectProducts(
        filters: filters, depth: stages[place].geometry.inputChannels, results: target.start.values,
        epilogue: epilogue(place))
    }
    let rows = DepthwiseChainRows(
      geometry, images: images.elements, pitch: pitch, before: products(middle - 1), filters: filters.elements,
      epilogue: epilogue(middle), behind: products(middle + 1), target: target)
    let (bands, height) = (bands, geometry.placement.output.height)
    parallelFor(chunks: geometry.batch * bands) { chunk in
      let (image, band) = chunk.quotientAndRemainder(dividingBy: bands)
      rows.compute(height * band / bands..<height * (band + 1) / bands, of: image)
    }
    extendLifetime((images, codes, filters, target))
    return target.output.values
  }
}

extension WindowPlacement {
  /// The number of rows from the first to the last that a result reads.
  var reach: Int { (window.size.height - 1) * window.dilation.height + 1 }
}
