// Layer normalization with factor and shift in one pass over memory, and its gradients in one more, where the normalized
// features are neighbours in memory: images with the channels innermost, sequences and vectors.

import CKernels

/// A layer normalization of each row of features (Ba, Kiros and Hinton 2016).
package struct LayerNormalization {
  /// scale · (x - mean) / √(variance + ε) + shift, in the layout of the input.
  package let output: Tensor<Float>
  private let input: Tensor<Float>
  private let scale: Tensor<Float>
  /// Mean and 1 / √(variance + ε) of each row.
  private let moments: Tensor<Float>

  private var length: Int { scale.count }
  private var rowCount: Int { moments.shape[0] }

  /// Normalizes along one axis. `nil` where it is not innermost in memory, or there are gaps or no elements.
  ///
  /// Stops unless factor and shift have a number for each feature.
  package init?(_ x: Tensor<Float>, axis: Int, scale: Tensor<Float>, shift: Tensor<Float>, epsilon: Float) {
    let axis = x.shape.resolve(axis: axis, in: "layer normalization")
    let length = x.shape[axis]
    require(
      scale.shape == [length] && shift.shape == [length],
      "layer normalization: \(length) features, factors \(scale.shape), shifts \(shift.shape)")
    guard x.count > 0, x.layout.isDense, length == 1 || x.layout.strides[axis] == 1 else { return nil }
    let rows = x.count / length
    let (scale, shift) = (scale.contiguous(), shift.contiguous())
    let output = Tensor<Float>(unsafeUninitialized: x.layout)
    let moments = Tensor<Float>(unsafeUninitialized: Layout(rowMajor: [rows, 2]))
    let (source, target, kept) = (x.elements, output.elements, moments.elements)
    withUnsafePointers(scale, shift) { scale, shift in
      parallelFor(count: rows, grain: Swift.max(16_384 / length, 1)) { range in
        let first = range.lowerBound
        Kernels.best.normalizeLayer(
          source + first * length, range.count, length, epsilon, scale, shift, target + first * length,
          kept + 2 * first)
      }
    }
    extendLifetime((x, output, moments))
    (self.output, input, self.scale, self.moments) = (output, x, scale, moments)
  }

  /// The gradients with respect to input, factor and shift, from that with respect to the output. Rows are summed in at most 16
  /// fixed pieces.
  package func gradient(_ gradient: Tensor<Float>) -> NormalizationGradient<Float> {
    require(
      gradient.shape == input.shape, "layer normalization: gradient \(gradient.shape), input \(input.shape)")
    let gradient = gradient.laidOut(as: input.layout)
    let (rows, length) = (rowCount, length)
    let pieces = Swift.min(16, Swift.max(rows * length / 16_384, 1))
    var sums = Tensor<Float>(zeros: [pieces, 2, length])
    let result = Tensor<Float>(unsafeUninitialized: input.layout)
    let (source, upstream, target) = (input.elements, gradient.elements, result.elements)
    let (factors, kept) = (scale.elements, moments.elements)
    sums.withUnsafeMutableScalars { sums in
      guard let base = sums.baseAddress else { return }
      nonisolated(unsafe) let sums = base
      parallelFor(chunks: pieces) { piece in
        let (first, end) = (piece * rows / pieces, (piece + 1) * rows / pieces)
        let own = sums + piece * 2 * length
        Kernels.best.normalizeLayerGradient(
          source + first * length, upstream + first * length, end - first, length, factors, kept + 2 * first,
          target + first * length, own, own + length)
      }
    }
    extendLifetime((self, gradient, result))
    let total = sums.summingFirstAxis()
    return NormalizationGradient(
      input: result, scale: total[0..<1].reshaped(to: [length]), shift: total[1..<2].reshaped(to: [length]))
  }
}
