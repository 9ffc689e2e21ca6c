import Tensor

extension Variable where Scalar == Float {
  /// Batch normalization of a batch of which other processes hold the rest: by the mean and variance of the whole batch.
  ///
  /// Each process calls it with its part. With M elements per channel in the whole batch, forward and backward pass are those
  /// of ``batchNormalized(scale:shift:epsilon:)`` for the whole batch; the gradients of scale and shift are those of the own part.
  ///
  /// Shapes: input `[N, C, H, W]` or `[N, C]`, also with N = 0, scale and shift `[C]`. The input and the statistics are kept.
  ///
  /// - Parameter gather: gives the numbers of each process, in the same order on all of them. Called once on the way forward
  ///   and once on the way back.
  /// - Returns: the result, and the statistics of the whole batch.
  package func batchNormalized(
    scale: Variable, shift: Variable, epsilon: Float, gather: @escaping (_ own: [Double]) -> [[Double]]
  ) -> (output: Variable, statistics: ChannelStatistics<Float>) {
    let moments = gather(ChannelMoments(of: value).numbers).map { ChannelMoments($0) }
    let whole = moments.dropFirst().reduce(moments[0]) { $0.joined(with: $1) }
    let statistics = whole.statistics
    let output = value.normalized(by: statistics, scale: scale.value, shift: shift.value, epsilon: epsilon)
    let result = Variable(output, from: [self, scale, shift]) { [value, scale = scale.value] gradient in
      let (ones, zeros) = (Tensor<Float>(ones: scale.shape), Tensor<Float>(zeros: scale.shape))
      let normal = value.normalized(by: statistics, scale: ones, shift: zeros, epsilon: epsilon)
      let (ofScale, ofShift) = ((gradient * normal).channelSums(), gradient.channelSums())
      let sums = gather((ofShift.scalars + ofScale.scalars).map(Double.init))
      let means = sums[0].indices.map { place in Float(sums.reduce(0) { $0 + $1[place] } / Swift.max(whole.count, 1)) }
      let channels = scale.count
      // dx = scale / √(variance + ε) · (dy - mean(dy) - x̂ · mean(dy x̂))
      let factor = scale / (statistics.variance + epsilon).squareRoot()
      let (meanOfShift, meanOfScale) = (Tensor(Array(means[..<channels])), Tensor(Array(means[channels...])))
      let along = gradient.scaledChannels(by: factor, plus: -(meanOfShift * factor))
      return [along - normal.scaledChannels(by: meanOfScale * factor, plus: zeros), ofScale, ofShift]
    }
    return (result, statistics)
  }

  /// The sum over all processes, element by element. Each gets the sum of their gradients, since its part is in all results.
  ///
  /// - Parameter gather: as in ``batchNormalized(scale:shift:epsilon:gather:)``.
  package func summed(by gather: @escaping (_ own: [Double]) -> [[Double]]) -> Variable {
    func total(_ own: Tensor<Float>) -> Tensor<Float> {
      let all = gather(own.scalars.map(Double.init))
      return Tensor(
        shape: own.shape, scalars: all[0].indices.map { place in Float(all.reduce(0) { $0 + $1[place] }) })
    }
    return Variable(total(value), from: (self, total))
  }
}

/// The number of elements in each channel, their mean and Σ (x - mean)².
private struct ChannelMoments {
  var count: Double
  var mean: [Double]
  var squares: [Double]

  /// Of a part of a batch.
  init(of batch: Tensor<Float>) {
    let channels = batch.shape[1]
    count = Double(batch.count / max(channels, 1))
    guard batch.count > 0 else {
      (mean, squares) = (Array(repeating: 0, count: channels), Array(repeating: 0, count: channels))
      return
    }
    let statistics = batch.channelStatistics()
    let count = count
    mean = statistics.mean.scalars.map(Double.init)
    squares = statistics.variance.scalars.map { Double($0) * count }
  }

  /// From ``numbers``.
  init(_ numbers: [Double]) {
    let channels = (numbers.count - 1) / 2
    count = numbers[0]
    mean = Array(numbers[1..<1 + channels])
    squares = Array(numbers[(1 + channels)...])
  }

  /// All of it, to travel.
  var numbers: [Double] { [count] + mean + squares }

  /// Those of two parts together (Chan, Golub and LeVeque 1979).
  func joined(with other: ChannelMoments) -> ChannelMoments {
    guard count > 0 else { return other }
    guard other.count > 0 else { return self }
    var result = self
    result.count += other.count
    for channel in mean.indices {
      let distance = other.mean[channel] - mean[channel]
      result.mean[channel] += distance * other.count / result.count
      result.squares[channel] += other.squares[channel] + distance * distance * count * other.count / result.count
    }
    return result
  }

  var statistics: ChannelStatistics<Float> {
    ChannelStatistics(
      mean: Tensor(mean.map { Float($0) }), variance: Tensor(squares.map { Float($0 / max(count, 1)) }))
  }
}

extension Tensor<Float> {
  /// Each element times the factor of its channel, plus a number of its channel.
  fileprivate func scaledChannels(by factor: Tensor, plus offset: Tensor) -> Tensor {
    let shape = Shape([1, factor.count] + Array(repeating: 1, count: Swift.max(rank - 2, 0)))
    return self * factor.reshaped(to: shape) + offset.reshaped(to: shape)
  }
}
