/// What more machines bring: the time of a data-parallel training step, from the network between them, the number of parameters
/// and the time of a step on one machine.
///
/// ```swift
/// let estimate = ScalingEstimate(parameters: 25_600_000, stepSeconds: 2.9, bandwidth: 10e9)
/// print(estimate.efficiency(ranks: 16))
/// ```
///
/// The model: gradients of P parameters with b bytes each travel in buckets of s / 4 numbers. Each rank sends a piece of a bucket
/// to each other rank, which adds it up and sends the sum back. So with R ranks
///
/// - each rank sends 2 P b (R - 1) / R bytes in a step and receives as many at the same time, at the bandwidth B in bits per
///   second: T_B = 16 P b (R - 1) / (R B);
/// - each of the ⌈4 P / s⌉ buckets waits twice for the latency L of a message: T_L = 2 L ⌈4 P / s⌉;
/// - they travel while the walk back goes on, which takes two thirds of the step, except the last bucket, which is ready at its
///   end. What remains is waited for: max(T - 2/3 step, T / ⌈4 P / s⌉) with T = T_B + T_L.
///
/// It assumes that the first gradients are ready when the walk back begins, that all ranks are equally fast, that each has a link
/// of its own, that the network takes no time of the processors, that nothing else uses it, and that the part of a batch of each
/// rank stays the same, so that R ranks train batches R times as large.
public struct ScalingEstimate: Hashable, Sendable {
  /// P, the number of trained parameters.
  public var parameters: Int
  /// The time of a step of one rank on its part of a batch, without any network, in seconds.
  public var stepSeconds: Double
  /// B, what each rank's link carries, in bits per second: of the rate of an Ethernet, TCP leaves about 94 %.
  public var bandwidth: Double
  /// L, the time of the smallest message, in seconds.
  public var latency: Double
  /// b, the number of bytes of a number: 4, or 2 for gradients in half precision.
  public var bytesPerNumber: Int
  /// s, the size of a bucket in bytes, as numbers of single precision.
  public var bucketSize: Int

  /// Makes the estimate for a network.
  ///
  /// - Parameters:
  ///   - parameters: the number of trained parameters.
  ///   - stepSeconds: the time of a step of one rank, in seconds.
  ///   - bandwidth: of each rank's link, in bits per second.
  ///   - latency: the time of the smallest message, in seconds.
  ///   - bytesPerNumber: 4, or 2 for gradients in half precision.
  ///   - bucketSize: the size of a bucket, in bytes, as numbers of single precision.
  public init(
    parameters: Int, stepSeconds: Double, bandwidth: Double, latency: Double = 50e-6, bytesPerNumber: Int = 4,
    bucketSize: Int = 1 << 20
  ) {
    (self.parameters, self.stepSeconds, self.bandwidth) = (parameters, stepSeconds, bandwidth)
    (self.latency, self.bytesPerNumber, self.bucketSize) = (latency, bytesPerNumber, bucketSize)
  }

  /// The number of buckets.
  public var bucketCount: Int {
    let bytes = parameters * MemoryLayout<Float>.size
    return max((bytes + bucketSize - 1) / max(bucketSize, 1), 1)
  }

  /// The time that gradients travel in a step, in seconds; 0 for one rank.
  public func exchangeSeconds(ranks: Int) -> Double {
    guard ranks > 1 else { return 0 }
    let bytes = 2 * Double(parameters * bytesPerNumber) * Double(ranks - 1) / Double(ranks)
    return bytes * 8 / bandwidth + Double(2 * bucketCount) * latency
  }

  /// The time of a step of all ranks, in seconds.
  public func stepSeconds(ranks: Int) -> Double {
    let exchange = exchangeSeconds(ranks: ranks)
    return stepSeconds + max(exchange - stepSeconds * 2 / 3, exchange / Double(bucketCount))
  }

  /// The share of the ranks' time that is not waited away: R ranks are `R * efficiency(ranks: R)` times as fast as one.
  public func efficiency(ranks: Int) -> Double { stepSeconds / stepSeconds(ranks: ranks) }
}
