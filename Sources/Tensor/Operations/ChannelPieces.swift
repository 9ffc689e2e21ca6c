import CKernels

/// Mean and variance of the channels of a batch whose pieces are measured one by one, such as the results of a convolution while
/// they are still in the cache.
struct ChannelPieces: @unchecked Sendable {
  private let counts: [Int]
  private let channels: Int
  /// For each piece the mean of each channel, and the sum of squared distances from it, `[pieces, 2, C]`.
  private let moments: Storage<Float>

  /// - Parameters:
  ///   - counts: the number of rows of each piece.
  ///   - channels: the number of channels.
  init(counts: [Int], channels: Int) {
    (self.counts, self.channels) = (counts, channels)
    moments = Storage(count: counts.count * 2 * channels)
  }

  /// Measures some channels of a piece, rows of channels that begin at `first`. Pieces, and channels of one, can be measured at
  /// the same time.
  func measure(_ piece: Int, channels range: Range<Int>, from first: UnsafePointer<Float>) {
    var rows = kilim_rows(
      input: first + range.lowerBound, kept: nil, scale: 1, count: counts[piece], channels: range.count,
      pitch: channels)
    measure(piece, &rows, firstChannel: range.lowerBound)
  }

  /// Measures rows whose channels are those from `firstChannel` on.
  func measure(_ piece: Int, _ rows: inout kilim_rows, firstChannel: Int = 0) {
    let mean = moments.pointer + piece * 2 * channels + firstChannel
    Kernels.best.normalizeStatistics(&rows, mean, mean + channels)
  }

  /// Mean and biased variance of all pieces, joined in their order (Chan, Golub and LeVeque, "Updating formulae and a pairwise
  /// algorithm", 1979).
  func statistics() -> ChannelStatistics<Float> {
    let (mean, squares) = (Tensor<Float>(zeros: [channels]), Tensor<Float>(zeros: [channels]))
    let (means, sums, channels) = (mean.elements, squares.elements, channels)
    var before: Float = 0
    for (piece, count) in counts.enumerated() {
      let own = moments.pointer + piece * 2 * channels
      let added = Float(count)
      let share = added / (before + added)
      let weight = before * share
      for channel in 0..<channels {
        let distance = own[channel] - means[channel]
        means[channel] += distance * share
        sums[channel] += own[channels + channel] + distance * distance * weight
      }
      before += added
    }
    extendLifetime((moments, mean, squares))
    return ChannelStatistics(mean: mean, variance: squares * (1 / before))
  }
}
