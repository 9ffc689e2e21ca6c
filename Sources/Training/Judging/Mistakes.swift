/// An example whose most likely class is wrong.
public struct Mistake: Hashable, Codable, Sendable {
  /// The number of the example.
  public let example: Int
  /// Its class.
  public let expected: Int
  /// The most likely class.
  public let predicted: Int
  /// The probability of the predicted class.
  public let probability: Double
  /// The probability of its class.
  public let expectedProbability: Double
}

extension ClassScores {
  /// The wrong answers, those with the highest probability first: the model is surest there, and the label is most often wrong.
  ///
  /// - Parameter limit: the most to return.
  public func mistakes(limit: Int = .max) -> [Mistake] {
    let wrong = zip(predicted, labels).enumerated().compactMap { example, pair -> Mistake? in
      guard pair.0 != pair.1 else { return nil }
      let row = self[example]
      return Mistake(
        example: example, expected: pair.1, predicted: pair.0, probability: row[row.startIndex + pair.0],
        expectedProbability: row[row.startIndex + pair.1])
    }
    return Array(
      wrong.sorted { ($1.probability, $0.example) < ($0.probability, $1.example) }.prefix(max(limit, 0)))
  }
}
