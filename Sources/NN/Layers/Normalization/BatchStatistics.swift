import Tensor

/// Collects the means and variances that ``BatchNorm`` layers find in several batches, to replace their running ones.
///
/// While a ``Context`` has such a collector, normalization uses the statistics of each batch. The batches are combined as
/// if all their examples were one batch: with n examples in batch b, mean = Σ n mean_b / Σ n and
/// variance = Σ n (variance_b + (mean_b - mean)²) / Σ n.
package final class BatchStatistics {
  private struct Sums {
    var count = 0.0
    var mean: [Double]
    /// Σ (x - mean)² of each channel.
    var squares: [Double]
  }

  private var collected: [ObjectIdentifier: (layer: BatchNorm, sums: Sums)] = [:]

  /// Makes an empty collection.
  package init() {}

  /// Adds the statistics of `count` numbers of each channel (Chan, Golub and LeVeque 1979).
  func add(mean: Tensor<Float>, variance: Tensor<Float>, count: Int, of layer: BatchNorm) {
    let (mean, variance) = (mean.scalars.map { Double($0) }, variance.scalars.map { Double($0) })
    let zeros = [Double](repeating: 0, count: mean.count)
    var sums = collected[ObjectIdentifier(layer)]?.sums ?? Sums(mean: zeros, squares: zeros)
    let (before, new) = (sums.count, Double(count))
    sums.count += new
    for channel in mean.indices where new > 0 {
      let distance = mean[channel] - sums.mean[channel]
      sums.mean[channel] += distance * new / sums.count
      sums.squares[channel] += variance[channel] * new + distance * distance * before * new / sums.count
    }
    collected[ObjectIdentifier(layer)] = (layer, sums)
  }

  /// Gives each layer the statistics of all its batches.
  package func apply() {
    for (layer, sums) in collected.values where sums.count > 0 {
      layer.runningMean.value = Tensor(sums.mean.map { Float($0) })
      layer.runningVariance.value = Tensor(sums.squares.map { Float($0 / sums.count) })
    }
  }
}
