/// The examples whose most likely class has about the same probability: a bar of a reliability diagram.
public struct ReliabilityBin: Hashable, Codable, Sendable {
  /// The probabilities of the bin: above `lower`, up to `upper`.
  public let lower, upper: Double
  /// The number of examples.
  public let count: Int
  /// The mean probability of the most likely class; `nil` without examples.
  public let confidence: Double?
  /// The share of right answers; `nil` without examples.
  public let accuracy: Double?
}

extension ClassScores {
  /// The bars of the reliability diagram (Guo, Pleiss, Sun and Weinberger 2017, "On Calibration of Modern Neural Networks"): the
  /// examples by the probability of their most likely class, in intervals of the same length.
  ///
  /// - Throws: ``JudgingError`` unless there is at least one bin.
  public func reliability(bins: Int = 15) throws(JudgingError) -> [ReliabilityBin] {
    guard bins >= 1 else { throw .option("the number of bins", found: "\(bins)", expected: "at least 1") }
    return ReliabilityBin.sorted(
      zip(labels.indices, predicted).map { (self[$0].max() ?? 0, $1 == labels[$0]) }, into: bins)
  }
}

extension ReliabilityBin {
  /// Sorts answers, each with the probability of the most likely class and whether it is right, into bins.
  static func sorted(_ answers: [(probability: Double, isRight: Bool)], into bins: Int) -> [ReliabilityBin] {
    // Each interval is open below and closed above.
    let members = Dictionary(grouping: answers) { answer in
      // Within the bins before the conversion, which traps on large numbers and NaN.
      let bin = (answer.probability * Double(bins)).rounded(.up) - 1
      return bin > 0 ? Int(min(bin, Double(bins - 1))) : 0
    }
    return (0..<bins).map { bin in
      let members = members[bin] ?? []
      let size = Double(members.count)
      return ReliabilityBin(
        lower: Double(bin) / Double(bins), upper: Double(bin + 1) / Double(bins), count: members.count,
        confidence: members.isEmpty ? nil : members.reduce(0) { $0 + $1.probability } / size,
        accuracy: members.isEmpty ? nil : Double(members.count(where: \.isRight)) / size)
    }
  }
}

extension [ReliabilityBin] {
  /// The expected calibration error (Naeini et al. 2015; Guo et al. 2017, equation 5): the mean difference between probability and
  /// share of right answers, weighted by the examples of the bins; 0 without examples.
  public var expectedCalibrationError: Double {
    let total = reduce(0) { $0 + $1.count }
    return total == 0 ? 0 : reduce(0) { $0 + Double($1.count) * $1.gap } / Double(total)
  }

  /// The largest difference of a bin (Guo et al. 2017, equation 7).
  public var maximumCalibrationError: Double { map(\.gap).max() ?? 0 }
}

extension ReliabilityBin {
  fileprivate var gap: Double { abs((confidence ?? 0) - (accuracy ?? 0)) }
}
