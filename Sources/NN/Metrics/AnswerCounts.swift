import Tensor

/// How many answers are right and wrong: what ``Precision`` and ``Recall`` are computed from.
struct AnswerCounts: Codable, Sendable {
  let threshold: Float?
  let topK: Int?
  let classID: Int?
  var meaning: OutputMeaning?
  /// Numbers of answers, or sums of the weights of their examples.
  private(set) var truePositives = 0.0
  private(set) var falsePositives = 0.0
  private(set) var falseNegatives = 0.0

  init(threshold: Float?, topK: Int?, classID: Int?) {
    require(topK ?? 1 >= 1, "topK is \(topK ?? 0), at least 1 is needed")
    self.threshold = threshold
    self.topK = topK
    self.classID = classID
  }

  /// Throws ``TargetError`` unless the targets can be read and the outputs have the class.
  func check(predicted: Shape, expected: Tensor<Float>) throws(TargetError) {
    _ = try AnswerReading.expected(expected, outputs: predicted)
    let classes = predicted.classCount
    if let classID, !(0..<classes).contains(classID) {
      throw TargetError(predicted: predicted, expected: expected.shape, reason: "there is no class \(classID)")
    }
    if let topK, !(1...max(classes, 1)).contains(topK) {
      throw TargetError(
        predicted: predicted, expected: expected.shape,
        reason: "the largest \(topK) of \(classes) outputs are asked for")
    }
  }

  mutating func add(
    predicted: Tensor<Float>, expected: Tensor<Float>, weights: Tensor<Float>? = nil
  ) throws(TargetError) {
    try check(predicted: predicted.shape, expected: expected)
    let reading = try AnswerReading(predicted: predicted, expected: expected, meaning: meaning)
    // With top-k alone every output among the first k means yes.
    let limit = threshold ?? (topK == nil ? 0.5 : -.infinity)
    let weights = weights?.scalars
    for group in reading.groups {
      let first = topK.map {
        Set(group.sorted { (reading.predicted[$0], $1) > (reading.predicted[$1], $0) }.prefix($0))
      }
      for index in group where classID.map({ $0 == reading.classIndex(at: index) }) ?? true {
        let weight = weights.map { Double($0[reading.example(at: index)]) } ?? 1
        let isYes = reading.predicted[index] > limit && first?.contains(index) != false
        switch (isYes, reading.expected[index]) {
        case (true, true): truePositives += weight
        case (true, false): falsePositives += weight
        case (false, true): falseNegatives += weight
        case (false, false): break
        }
      }
    }
  }

  mutating func reset() { (truePositives, falsePositives, falseNegatives) = (0, 0, 0) }
}
