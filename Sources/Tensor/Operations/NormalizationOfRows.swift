// Batch normalization in the fast kernels, for channels innermost: images in the layout that the fast convolutions
// produce, and features `[N, C]`. Every pixel is a row of C numbers. A dropout before the normalization is done in the
// same passes over memory: two forward, two backward.

import CKernels

/// The elements of a batch that dropout keeps, and the factor that it multiplies them by.
public struct DropoutMask: Sendable {
  /// True where an element is kept; of the batch's shape.
  public let kept: Tensor<Bool>
  /// The factor of the elements kept, 1 / (1 - rate).
  public let scale: Float

  /// Makes a mask.
  public init(kept: Tensor<Bool>, scale: Float) {
    self.kept = kept
    self.scale = scale
  }

  /// Stops unless the mask has the shape of the batch.
  func requireShape(_ shape: Shape, _ operation: StaticString) {
    require(kept.shape == shape, "\(operation): the mask has shape \(kept.shape), the batch \(shape)")
  }
}

extension Tensor where Scalar == Float {
  /// Dropout, then batch normalization by the batch's own statistics; see ``normalized(by:scale:shift:epsilon:)``.
  ///
  /// Shapes: input, mask and result `[N, C, H, W]` or `[N, C]`, the vectors `[C]`. Stops if they do not fit.
  public func batchNormalized(
    dropping mask: DropoutMask, scale: Tensor, shift: Tensor, epsilon: Float
  ) -> (output: Tensor, statistics: ChannelStatistics<Float>) {
    let planes = ChannelPlanes(shape, "batchNormalized")
    planes.requireVectors([scale, shift], "batchNormalized")
    mask.requireShape(shape, "batchNormalized")
    guard planes.elementsPerChannel > 0, let rows = ChannelRows(self, dropping: mask) else {
      let input = masked(by: mask.kept, scale: mask.scale)
      let statistics = input.channelStatistics()
      return (input.normalized(by: statistics, scale: scale, shift: shift, epsilon: epsilon), statistics)
    }
    let statistics = rows.statistics()
    let factor = scale / (statistics.variance + epsilon).squareRoot()
    return (rows.scaled(by: factor, plus: shift - statistics.mean * factor), statistics)
  }

  /// The gradients of ``batchNormalized(dropping:scale:shift:epsilon:)``, from the gradient with respect to its result
  /// (this tensor). Stops if the shapes do not fit.
  public func batchNormalizationGradient(
    input: Tensor, dropping mask: DropoutMask, statistics: ChannelStatistics<Float>, scale: Tensor, epsilon: Float
  ) -> NormalizationGradient<Float> {
    let planes = ChannelPlanes(shape, "batchNormalizationGradient")
    require(input.shape == shape, "batchNormalizationGradient: gradient \(shape), input \(input.shape)")
    planes.requireVectors([statistics.mean, statistics.variance, scale], "batchNormalizationGradient")
    mask.requireShape(shape, "batchNormalizationGradient")
    guard planes.elementsPerChannel > 0, let rows = ChannelRows(input, dropping: mask) else {
      let gradient = batchNormalizationGradient(
        input: input.masked(by: mask.kept, scale: mask.scale), statistics: statistics, scale: scale, epsilon: epsilon)
      return NormalizationGradient(
        input: gradient.input.masked(by: mask.kept, scale: mask.scale), scale: gradient.scale, shift: gradient.shift)
    }
    let inverse = 1 / (statistics.variance + epsilon).squareRoot()
    return rows.gradient(self, mean: statistics.mean, inverse: inverse, scale: scale)
  }
}

/// A batch as rows of channels, divided into pieces of about 128 KB that fit into the cache of a core. Their number
/// depends on the size only.
struct ChannelRows {
  let input: Tensor<Float>
  private let kept: Tensor<Bool>?
  private let scale: Float
  let count, channels: Int

  /// `nil` if the channels are not innermost.
  init?(_ input: Tensor<Float>, dropping mask: DropoutMask? = nil) {
    let layout = input.layout
    guard layout.isChannelsLast || (layout.shape.rank == 2 && layout.isRowMajor) else { return nil }
    self.input = input
    kept = mask?.kept.laidOut(as: layout)
    scale = mask?.scale ?? 1
    channels = layout.shape[1]
    count = channels == 0 ? 0 : layout.shape.elementCount / channels
  }

  private var rowsPerPiece: Int { Swift.max(32_768 / Swift.max(channels, 1), 1) }
  private var pieces: Int { (count + rowsPerPiece - 1) / rowsPerPiece }

  private func rows(of piece: Int) -> Range<Int> {
    piece * rowsPerPiece..<Swift.min((piece + 1) * rowsPerPiece, count)
  }

  /// Calls `body` in parallel for every piece, with its rows for the kernels and the number of elements before it.
  func forEachPiece(_ body: (_ piece: Int, _ rows: inout kilim_rows, _ before: Int) -> Void) {
    parallelFor(chunks: pieces) { piece in
      let (range, before) = (rows(of: piece), rows(of: piece).lowerBound * channels)
      var rows = kilim_rows(
        input: input.elements + before,
        kept: kept.map { UnsafeRawPointer($0.elements + before).assumingMemoryBound(to: UInt8.self) },
        scale: scale, count: range.count, channels: channels, pitch: channels)
      body(piece, &rows, before)
    }
  }

  /// Two numbers for each channel of every piece, `[pieces, 2, C]`.
  func perPiece(
    _ compute: (
      _ rows: inout kilim_rows, _ before: Int, _ first: UnsafeMutablePointer<Float>,
      _ second: UnsafeMutablePointer<Float>
    ) -> Void
  ) -> Tensor<Float> {
    Tensor(unsafeUninitialized: [pieces, 2, channels]) { result in
      guard let result = result.baseAddress else { return }
      forEachPiece { piece, rows, before in
        let first = result + piece * 2 * channels
        compute(&rows, before, first, first + channels)
      }
    }
  }

  /// Mean and biased variance of every channel.
  func statistics() -> ChannelStatistics<Float> {
    let measured = ChannelPieces(counts: (0..<pieces).map { rows(of: $0).count }, channels: channels)
    forEachPiece { piece, rows, _ in measured.measure(piece, &rows) }
    return measured.statistics()
  }

  /// x · factor + shift, channel by channel, in the layout of the input.
  func scaled(by factor: Tensor<Float>, plus shift: Tensor<Float>) -> Tensor<Float> {
    withUnsafePointers(factor.contiguous(), shift.contiguous()) { factor, shift in
      Tensor(unsafeUninitialized: input.layout) { output in
        forEachPiece { _, rows, before in Kernels.best.normalizeApply(&rows, factor, shift, output + before) }
      }
    }
  }

  /// The gradients of a normalization, through the dropout; see `Tensor.batchNormalizationGradient`.
  ///
  /// - Parameters:
  ///   - gradient: the gradient with respect to the result.
  ///   - mean: the mean of each channel.
  ///   - inverse: 1 / √(variance + ε) of each channel.
  ///   - scale: the factor of each channel.
  func gradient(
    _ gradient: Tensor<Float>, mean: Tensor<Float>, inverse: Tensor<Float>, scale: Tensor<Float>
  ) -> NormalizationGradient<Float> {
    let (gradient, mean) = (gradient.laidOut(as: input.layout), mean.contiguous())
    defer { extendLifetime((gradient, mean)) }
    let sums = perPiece { rows, before, sum, product in
      Kernels.best.normalizeGradientSums(&rows, gradient.elements + before, mean.elements, sum, product)
    }.summingFirstAxis()
    let shiftGradient = sums[0..<1].reshaped(to: [channels])
    let scaleGradient = sums[1..<2].reshaped(to: [channels]) * inverse
    let share = 1 / Float(Swift.max(count, 1))
    let slope = scaleGradient * inverse * share
    let inputGradient = withUnsafePointers(scale * inverse, shiftGradient * share) { factor, shift in
      Tensor<Float>(unsafeUninitialized: input.layout) { output in
        forEachPiece { _, rows, before in
          Kernels.best.normalizeGradient(
            &rows, gradient.elements + before, mean.elements, factor, shift, slope.elements, output + before)
        }
      }
    }
    return NormalizationGradient(input: inputGradient, scale: scaleGradient, shift: shiftGradient)
  }

  /// The sum of every channel.
  func sums() -> Tensor<Float> {
    let zeros = Tensor<Float>(zeros: [channels])
    let sums = perPiece { rows, before, sum, product in
      Kernels.best.normalizeGradientSums(&rows, input.elements + before, zeros.elements, sum, product)
    }
    return sums.summingFirstAxis()[0..<1].reshaped(to: [channels])
  }
}
