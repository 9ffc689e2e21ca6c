import Tensor

/// The probability of yes and the truth of each output, read from any form of targets that the library makes.
///
/// Each output is an answer of its own. Targets have the shape of the outputs `[N, C, …]` and are 0 or 1; class indices
/// `[N, …]` or `[N, 1, …]` stand for one-hot rows. Outputs that are logits become probabilities.
struct AnswerReading {
  /// The outputs as probabilities, in the order of `[N, C, …]`.
  let predicted: [Float]
  /// Whether the answer is yes, in the same order.
  let expected: [Bool]
  /// C, the length of the class axis; 1 for outputs `[N]`.
  let classCount: Int
  /// The number of places of an example: 1 for outputs `[N, C]`.
  let positions: Int

  /// Reads a batch.
  ///
  /// - Parameter meaning: of the outputs.
  /// - Throws: ``TargetError`` when the targets have another form.
  init(predicted: Tensor<Float>, expected: Tensor<Float>, meaning: OutputMeaning?) throws(TargetError) {
    self.expected = try Self.expected(expected, outputs: predicted.shape)
    let isLogits = meaning?.isLogits == true
    let outputs = isLogits ? meaning?.probabilities(of: predicted) ?? predicted : predicted
    self.predicted = outputs.withClassesSecond(outputs: predicted.shape).scalars
    let shape = predicted.shape.withClassesSecond
    classCount = predicted.shape.classCount
    positions = shape.dropFirst(2).reduce(1, *)
  }

  /// The class of an output.
  func classIndex(at index: Int) -> Int { index / positions % classCount }

  /// The example of an output.
  func example(at index: Int) -> Int { index / (positions * classCount) }

  /// The places of the outputs that belong to one example and position, class by class.
  var groups: [StrideTo<Int>] {
    guard classCount > 0, positions > 0 else { return [] }
    return stride(from: 0, to: predicted.count, by: classCount * positions).flatMap { start in
      (0..<positions).map { stride(from: start + $0, to: start + classCount * positions, by: positions) }
    }
  }

  /// The truth of each output alone.
  static func expected(_ targets: Tensor<Float>, outputs: Shape) throws(TargetError) -> [Bool] {
    let form = try TargetForm(outputs: outputs, targets: targets.shape)
    let values = targets.withClassesSecond(outputs: outputs).scalars
    switch form {
    case .singleOutput, .rows:
      if let wrong = values.first(where: { $0 != 0 && $0 != 1 }) {
        throw TargetError(targets: targets.shape, reason: "found \(wrong), each target must be 0 or 1")
      }
      return values.map { $0 == 1 }
    case .indices(let classes, let positions):
      var answers = [Bool](repeating: false, count: values.count * classes)
      for (place, value) in values.enumerated() {
        guard let index = Int(exactly: value), (0..<classes).contains(index) else {
          throw TargetError(targets: targets.shape, reason: "\(value) is none of the \(classes) classes")
        }
        answers[(place / positions * classes + index) * positions + place % positions] = true
      }
      return answers
    }
  }
}
