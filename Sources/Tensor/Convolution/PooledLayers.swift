// What stands behind a global pooling and acts on single numbers of channels, such as the two layers of squeeze and excitation.
// Each of them alone is a few microseconds of work, less than it takes to make and pass on a tensor, so they share one call.

import CKernels

/// A fully connected layer on the channels of single pixels: f(W x + b).
package struct PixelLayer: Sendable {
  fileprivate let filters: IndirectFilters
  private let bias: Tensor<Float>?
  private let activation: EpilogueActivation

  /// Brings a weight `[O, C, 1, 1]` into the order of the kernels; `bias` is `[O]`.
  package init(weight: Tensor<Float>, bias: Tensor<Float>?, activation: EpilogueActivation) {
    require(
      weight.rank == 4 && weight.shape[2] == 1 && weight.shape[3] == 1 && weight.count > 0,
      "pixel layer: a weight [O, C, 1, 1] is needed, found \(weight.shape)")
    require(
      bias.map { $0.shape == [weight.shape[0]] } ?? true,
      "pixel layer: bias \(bias?.shape ?? []) for a weight \(weight.shape)")
    let geometry = ConvolutionGeometry(
      input: [1, weight.shape[1], 1, 1], weight: weight.shape, window: Window(1), groups: 1)
    filters = IndirectFilters(weight, for: geometry)
    (self.bias, self.activation) = (bias?.contiguous(), activation)
  }

  /// As many multiplications are worth a part of their own.
  private static let leastWork = 1 << 19

  /// The results `[N, O]` for inputs `[N, C]`, which are contiguous.
  fileprivate func callAsFunction(_ input: Tensor<Float>) -> Tensor<Float> {
    let (count, depth, outputs) = (input.shape[0], filters.rows, filters.columns)
    require(input.shape == [count, depth], "pixel layer: inputs [N, \(depth)] are needed, found \(input.shape)")
    let result = Tensor<Float>(unsafeUninitialized: Layout(rowMajor: [count, outputs]))
    var epilogue = kilim_epilogue.none
    epilogue.bias = bias.map { UnsafePointer($0.elements) }
    epilogue.activation = activation.code
    let products = IndirectProducts(filters: filters, depth: depth, results: result.elements, epilogue: epilogue)
    let (source, target) = (UnsafePointer(input.elements), result.elements)
    let reads = (0..<count).map { source + $0 * depth }
    let targets = (0..<count).map { target + $0 * outputs }
    reads.withUnsafeBufferPointer { reads in
      targets.withUnsafeBufferPointer { targets in
        guard let reads = reads.baseAddress, let targets = targets.baseAddress else { return }
        nonisolated(unsafe) let lists = (reads: reads, targets: UnsafeMutablePointer(mutating: targets))
        let panels = filters.panels
        let parts = Swift.min(Swift.max(count * depth * outputs / Self.leastWork, 1), panels)
        parallelFor(chunks: parts) { part in
          products.compute(
            panels * part / parts..<panels * (part + 1) / parts, pixels: count, lists.reads, lists.targets)
        }
      }
    }
    extendLifetime((input, bias, result))
    return result
  }
}

extension Tensor where Scalar == Float {
  /// The mean of each channel of images `[N, C, H, W]`, passed through layers one after the other: `[N, O]`. The mean of no
  /// pixels is NaN.
  package func channelMeans(through layers: [PixelLayer]) -> Tensor {
    layers.reduce(mean([2, 3]).contiguous()) { $1($0) }
  }
}
