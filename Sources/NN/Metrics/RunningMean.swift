/// A mean over examples, weighted or not, gathered over batches: the running loss of an epoch.
public struct RunningMean: Sendable {
  private var total = 0.0
  /// The number of examples, or the sum of their weights.
  private var count = 0.0

  /// Makes an empty mean.
  public init() {}

  /// The mean so far; 0 before anything was added.
  public var value: Double { count == 0 ? 0 : total / count }

  /// Takes in the mean of `count` more examples.
  public mutating func add(mean: Double, count: Int) {
    total += mean * Double(count)
    self.count += Double(count)
  }

  /// Takes in examples by the sum of their weighted values and the sum of their weights.
  public mutating func add(sum: Double, weight: Double) {
    total += sum
    count += weight
  }
}

extension RunningMean: Codable {
  private enum CodingKeys: CodingKey {
    case total, count
  }

  /// Takes up a mean where it was encoded.
  ///
  /// - Throws: `DecodingError`, also for a number of examples that nothing could be added to.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    total = try container.decode(Double.self, forKey: .total)
    count = try container.decode(Double.self, forKey: .count)
    guard (0..<0x1p62).contains(count) else {
      throw DecodingError.dataCorruptedError(
        forKey: .count, in: container, debugDescription: "\(count) is no number of examples")
    }
  }
}
