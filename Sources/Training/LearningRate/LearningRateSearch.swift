import Glibc

/// The losses of a short training whose learning rate grows (Smith 2015, "Cyclical learning rates for training neural
/// networks", section 3.3).
public struct LearningRateSearch: Hashable, Sendable {
  /// The learning rate of each step.
  public private(set) var rates: [Double] = []
  /// The loss of each step, before its update.
  public private(set) var losses: [Double] = []
  /// The running average of the losses, with a share of 0.98 of the old average, corrected for its start as Adam's means.
  public private(set) var smoothedLosses: [Double] = []
  /// Whether the search ended early since the loss diverged: the average was four times its smallest value, or the loss was
  /// not a number.
  public private(set) var hasDiverged = false

  private var average = 0.0
  private var lowest = Double.infinity

  /// The number of steps that were asked for.
  let steps: Int

  init(steps: Int) { self.steps = steps }

  /// Adds a step.
  ///
  /// - Returns: whether the search goes on.
  mutating func add(rate: Double, loss: Double) -> Bool {
    guard loss.isFinite else {
      hasDiverged = true
      return false
    }
    rates.append(rate)
    losses.append(loss)
    average = 0.98 * average + 0.02 * loss
    let smoothed = average / (1 - pow(0.98, Double(losses.count)))
    smoothedLosses.append(smoothed)
    lowest = min(lowest, smoothed)
    // A loss below 0 has no fourfold.
    hasDiverged = smoothed > 4 * lowest && lowest > 0
    return !hasDiverged
  }

  /// A rate to train with, by fastai's rule "valley": in the longest fall of the smoothed loss, about half of the way down.
  /// The first tenth of the steps and the last five are left out. `nil` if nothing is left.
  public var suggestion: Double? {
    let first = steps / 10
    let last = rates.count - 5
    guard first < last else { return nil }
    let losses = Array(smoothedLosses[first..<last])
    return rates[first + Self.valley(losses)]
  }

  /// The place in the longest falling subsequence of some losses. Cost: the square of their number.
  private static func valley(_ losses: [Double]) -> Int {
    // For each loss, how long the longest fall is that ends there.
    var lengths = [Int](repeating: 1, count: losses.count)
    var end = 0
    for index in losses.indices {
      for earlier in 0..<index where losses[index] < losses[earlier] {
        lengths[index] = max(lengths[index], lengths[earlier] + 1)
      }
      if lengths[end] < lengths[index] { end = index }
    }
    let start = end - lengths[end]
    let third = Double(end - start) / 3
    return max(start + Int(third) + Int(third / 2), 0)
  }
}

/// Why no learning rate can be searched for with these numbers.
public struct LearningRateSearchError: Error, Hashable, CustomStringConvertible {
  /// What was found and what was expected.
  public let description: String
}
