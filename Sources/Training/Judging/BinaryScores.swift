/// Scores of answers that are yes or no, with the truth of each: what ROC and precision-recall curves are made of.
///
/// A score at or above a threshold means yes. Only the order of the scores matters.
public struct BinaryScores: Sendable {
  /// The score of each example.
  public let scores: [Double]
  /// Whether the answer is yes.
  public let truths: [Bool]
  /// What each threshold that changes an answer gives, from the highest threshold to the lowest.
  let steps: [Step]

  /// The answers at one threshold.
  struct Step {
    let threshold: Double
    /// The examples with a score at or above the threshold whose answer is yes, and those whose answer is no.
    var hits, alarms: Int
  }

  /// Orders scores. Cost: N log N.
  ///
  /// - Throws: ``JudgingError`` if there are no scores, not as many truths, or a score is not finite.
  public init(scores: [Double], truths: [Bool]) throws(JudgingError) {
    guard scores.count == truths.count else { throw .counts("scores", scores.count, "truths", truths.count) }
    guard !scores.isEmpty else { throw .noExamples }
    if let wrong = scores.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(example: wrong, found: numberText(Double(scores[wrong])))
    }
    (self.scores, self.truths) = (scores, truths)
    var steps: [Step] = []
    var (hits, alarms) = (0, 0)
    for index in scores.indices.sorted(by: { scores[$1] < scores[$0] }) {
      if truths[index] { hits += 1 } else { alarms += 1 }
      if steps.last?.threshold == scores[index] {
        steps[steps.count - 1].hits = hits
        steps[steps.count - 1].alarms = alarms
      } else {
        steps.append(Step(threshold: scores[index], hits: hits, alarms: alarms))
      }
    }
    self.steps = steps
  }

  /// The number of examples whose answer is yes.
  public var positiveCount: Int { steps.last?.hits ?? 0 }
  /// The number of examples whose answer is no.
  public var negativeCount: Int { steps.last?.alarms ?? 0 }
}
