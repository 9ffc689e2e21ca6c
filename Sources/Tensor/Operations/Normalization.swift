// Batch normalization over all axes except the channels, for `[N, C, H, W]` and `[N, C]`
// (Ioffe and Szegedy, "Batch normalization", 2015).

/// Mean and biased variance of every channel of a batch.
public struct ChannelStatistics<Scalar: FloatingScalar>: Sendable {
  /// The mean of each channel, `[C]`.
  public let mean: Tensor<Scalar>
  /// The biased variance of each channel, `[C]`.
  public let variance: Tensor<Scalar>

  /// Makes statistics from their two vectors.
  public init(mean: Tensor<Scalar>, variance: Tensor<Scalar>) {
    self.mean = mean
    self.variance = variance
  }
}

/// The gradients of a batch normalization.
public struct NormalizationGradient<Scalar: FloatingScalar>: Sendable {
  /// With respect to the input, of its shape.
  public let input: Tensor<Scalar>
  /// With respect to the scale, `[C]`.
  public let scale: Tensor<Scalar>
  /// With respect to the shift, `[C]`.
  public let shift: Tensor<Scalar>
}

extension Tensor where Scalar: FloatingScalar {
  /// Mean and biased variance over all axes but axis 1, in two passes; NaN where there are no elements.
  ///
  /// Shapes: `[N, C, H, W]` or `[N, C]` gives two vectors `[C]`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func channelStatistics() -> ChannelStatistics<Scalar> {
    let planes = ChannelPlanes(shape, "channelStatistics")
    if planes.elementsPerChannel == 0 {
      let nothing = Tensor(repeating: .nan, shape: [planes.channels])
      return ChannelStatistics(mean: nothing, variance: nothing)
    }
    if let statistics = Scalar.fastKernels.channelStatistics(self) { return statistics }
    let share = 1 / Scalar(planes.elementsPerChannel)
    var mean = Tensor(zeros: [planes.channels])
    var variance = mean
    withUnsafeScalars { input in
      mean.withUnsafeMutableScalars { mean in
        variance.withUnsafeMutableScalars { variance in
          guard let input = input.baseAddress, let mean = mean.baseAddress, let variance = variance.baseAddress
          else { return }
          planes.forEachChannel { channel in
            mean[channel] = share * planes.sum(channel) { input[$0] }
            let center = mean[channel]
            variance[channel] = share * planes.sum(channel) { (input[$0] - center) * (input[$0] - center) }
          }
        }
      }
    }
    return ChannelStatistics(mean: mean, variance: variance)
  }

  /// The sum over all axes but axis 1: the gradient of a vector that was added to the channels.
  ///
  /// Shapes: `[N, C, H, W]` or `[N, C]` gives `[C]`, zeros where there are no elements.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func channelSums() -> Tensor {
    if let sums = Scalar.fastKernels.channelSums(self) { return sums }
    let planes = ChannelPlanes(shape, "channelSums")
    return withUnsafeScalars { input in
      Tensor(unsafeUninitialized: [planes.channels]) { sums in
        guard let input = input.baseAddress, let sums = sums.baseAddress else { return }
        planes.forEachChannel { channel in sums[channel] = planes.sum(channel) { input[$0] } }
      }
    }
  }

  /// y = scale · (x - mean) / √(variance + ε) + shift, channel by channel.
  ///
  /// Shapes: input and result `[N, C, H, W]` or `[N, C]`, the vectors `[C]`. Stops if they do not fit.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func normalized(
    by statistics: ChannelStatistics<Scalar>, scale: Tensor, shift: Tensor, epsilon: Scalar
  ) -> Tensor {
    let planes = ChannelPlanes(shape, "normalized")
    planes.requireVectors([statistics.mean, statistics.variance, scale, shift], "normalized")
    let factor = scale / (statistics.variance + epsilon).squareRoot()
    let offset = shift - statistics.mean * factor
    if let result = Scalar.fastKernels.scaledChannels(self, factor, offset) { return result }
    return withUnsafePointers(factor, offset) { factor, offset in
      withUnsafeScalars { input in
        Tensor(unsafeUninitialized: shape) { output in
          guard let input = input.baseAddress, let output = output.baseAddress else { return }
          planes.forEachChannel { channel in
            let (factor, offset) = (factor[channel], offset[channel])
            planes.forEachRow(channel) { row in
              for place in row { output[place] = input[place] * factor + offset }
            }
          }
        }
      }
    }
  }

  /// The gradients of a normalization by the batch's own statistics, from the gradient with respect to its result (this
  /// tensor).
  ///
  /// With x̂ = (x - mean) / √(variance + ε) and M elements per channel (ibid., section 3):
  /// dshift = Σ dy, dscale = Σ dy·x̂, dx = scale / √(variance + ε) · (dy - dshift / M - x̂ · dscale / M).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func batchNormalizationGradient(
    input: Tensor, statistics: ChannelStatistics<Scalar>, scale: Tensor, epsilon: Scalar
  ) -> NormalizationGradient<Scalar> {
    let planes = ChannelPlanes(shape, "batchNormalizationGradient")
    require(input.shape == shape, "batchNormalizationGradient: gradient \(shape), input \(input.shape)")
    planes.requireVectors([statistics.mean, statistics.variance, scale], "batchNormalizationGradient")
    if planes.elementsPerChannel == 0 {
      let zeros = Tensor(zeros: [planes.channels])
      return NormalizationGradient(input: Tensor(zeros: shape), scale: zeros, shift: zeros)
    }
    let share = 1 / Scalar(planes.elementsPerChannel)
    let inverse = 1 / (statistics.variance + epsilon).squareRoot()
    if let result = Scalar.fastKernels.normalizationGradient(input, self, statistics.mean, inverse, scale) {
      return result
    }
    var scaleGradient = Tensor(zeros: [planes.channels])
    var shiftGradient = scaleGradient
    let inputGradient = withUnsafePointers(contiguous(), input.contiguous()) { gradient, input in
      withUnsafePointers(statistics.mean.contiguous(), inverse) { mean, inverse in
        scaleGradient.withUnsafeMutableScalars { scaleGradient in
          shiftGradient.withUnsafeMutableScalars { shiftGradient in
            Tensor(unsafeUninitialized: shape) { output in
              guard let output = output.baseAddress else { return }
              planes.forEachChannel { channel in
                let (mean, inverse) = (mean[channel], inverse[channel])
                let sum = planes.sum(channel) { gradient[$0] }
                let product = inverse * planes.sum(channel) { gradient[$0] * (input[$0] - mean) }
                (shiftGradient[channel], scaleGradient[channel]) = (sum, product)
                let factor = scale[channel] * inverse
                let (center, slope) = (sum * share, product * share * inverse)
                planes.forEachRow(channel) { row in
                  for place in row {
                    output[place] = factor * (gradient[place] - center - (input[place] - mean) * slope)
                  }
                }
              }
            }
          }
        }
      }
    }
    return NormalizationGradient(input: inputGradient, scale: scaleGradient, shift: shiftGradient)
  }
}

/// The positions of the elements of each channel in a tensor `[N, C, …]`: one row per image.
struct ChannelPlanes {
  let batch, channels, planeSize: Int

  init(_ shape: Shape, _ operation: StaticString) {
    require(shape.rank >= 2, "\(operation): an input [N, C, …] is needed, found \(shape)")
    (batch, channels) = (shape[0], shape[1])
    planeSize = shape.dropFirst(2).reduce(1, &*)
  }

  var elementsPerChannel: Int { batch * planeSize }

  func requireVectors<Scalar>(_ vectors: [Tensor<Scalar>], _ operation: StaticString) {
    for vector in vectors {
      require(
        vector.shape == [channels],
        "\(operation): a number for each of \(channels) channels is needed, found shape \(vector.shape)")
    }
  }

  @inline(__always)
  func forEachChannel(_ body: (Int) -> Void) {
    parallelFor(count: channels, grain: Swift.max(8_192 / Swift.max(elementsPerChannel, 1), 1)) { range in
      for channel in range { body(channel) }
    }
  }

  @inline(__always)
  func forEachRow(_ channel: Int, _ body: (Range<Int>) -> Void) {
    for image in 0..<batch {
      let start = (image * channels + channel) * planeSize
      body(start..<start + planeSize)
    }
  }

  /// The sum of a function of the positions of one channel: eight running sums for each row, then the rows in pairs.
  @inline(__always)
  func sum<Scalar: FloatingScalar>(_ channel: Int, _ term: (Int) -> Scalar) -> Scalar {
    var rows = PairwiseSum<Scalar>()
    forEachRow(channel) { row in
      var lanes = SIMD8<Scalar>.zero
      var place = row.lowerBound
      while place + 8 <= row.upperBound {
        for lane in 0..<8 { lanes[lane] += term(place + lane) }
        place += 8
      }
      var total = lanes.sum()
      while place < row.upperBound {
        total += term(place)
        place += 1
      }
      rows.add(total)
    }
    return rows.total
  }
}
