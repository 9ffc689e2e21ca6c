import NN
import Tensor
import TestSupport
import Testing

/// The forms of targets that metrics of answers read, their directions, and what they refuse.
struct AnswerMetricTests {
  private let outputs = Tensor<Float>(shape: [3, 3], scalars: [0.1, 0.8, 0.1, 0.6, 0.2, 0.3, 0.2, 0.2, 0.6])

  private static let answers: [any Metric] = [Precision(), Recall(), FBetaScore(threshold: 0.5), AUC()]

  private func value(_ metric: any Metric, _ predicted: Tensor<Float>, _ expected: Tensor<Float>) throws -> Double {
    var metric = metric
    try metric.check(predicted: predicted.shape, expected: expected)
    metric.update(predicted: predicted, expected: expected)
    return metric.value
  }

  @Test(arguments: answers)
  func indicesAreOneHotRows(metric: any Metric) throws {
    let classes = Tensor<Float>([1, 1, 2])
    let oneHot = Tensor(oneHot: classes, classCount: 3)
    let expected = try value(metric, outputs, oneHot)
    #expect(try value(metric, outputs, classes) == expected)
    #expect(try value(metric, outputs, classes.reshaped(to: [3, 1])) == expected)
    // Images of 1 × 3 pixels have the same answers.
    let image = outputs.transposed().reshaped(to: [1, 3, 1, 3])
    #expect(try value(metric, image, classes.reshaped(to: [1, 1, 3])) == expected)
    #expect(try value(metric, image, oneHot.transposed().reshaped(to: [1, 3, 1, 3])) == expected)
    // One output.
    let single = Tensor<Float>(shape: [3, 1], scalars: [0.9, 0.2, 0.7])
    #expect(
      try value(metric, single, Tensor([1, 0, 1])) == value(metric, single.reshaped(to: [3]), Tensor([1, 0, 1])))
  }

  @Test(arguments: answers)
  func otherTargetsAreRefused(metric: any Metric) {
    #expect(throws: TargetError.self) { try metric.check(predicted: [3, 3], expected: Tensor([0, 1, 3])) }
    #expect(throws: TargetError.self) { try metric.check(predicted: [3, 3], expected: Tensor(zeros: [3, 2])) }
    #expect(throws: TargetError.self) { try metric.check(predicted: [2, 1], expected: Tensor([0.5, 1])) }
    #expect(throws: TargetError.self) {
      try metric.check(predicted: [1, 2], expected: Tensor(shape: [1, 2], scalars: [-1, 1]))
    }
  }

  /// Sequences [N, T, C], images [N, C, H, W] and volumes [N, D, C, H, W] have the answers of the same rows [N, C].
  @Test(arguments: [[2, 5, 3], [2, 2, 5], [2, 3, 2, 2], [2, 2, 3, 1, 2]] as [Shape])
  func classesLieAlongTheirAxis(shape: Shape) throws {
    let axis = shape.rank == 3 ? 2 : shape.rank - 3
    let order = shape.indices.filter { $0 != axis } + [axis]
    let back = order.indices.sorted { order[$0] < order[$1] }
    let count = shape[axis]
    let rows = (hashed([shape.elementCount / count, count], seed: 1, limit: 0.5) + 0.5)
    let oneHot = Tensor(oneHot: Tensor((0..<rows.shape[0]).map { Float($0 * 2 % count) }), classCount: count)
    func inPlace(_ rows: Tensor<Float>) -> Tensor<Float> {
      rows.reshaped(to: Shape(order.map { shape[$0] })).permuted(back).contiguous()
    }
    let last = count - 1
    let weights = (0..<count).map { Float($0) + 0.5 }
    for metric: any Metric in [
      Precision(classID: last), Recall(classID: last), Precision(topK: count), Recall(topK: 2), .f1Score(),
      FBetaScore(average: .weighted, threshold: 0.5), AUC(labelWeights: weights),
      AUC(isMultiLabel: true, labelWeights: weights), TopKAccuracy(k: 2), Accuracy(),
    ] {
      #expect(
        try value(metric, inPlace(rows), inPlace(oneHot)) == value(metric, rows, oneHot), "\(metric.name) \(shape)")
    }
    for metric: any Metric in [Precision(classID: count), Recall(topK: count + 1), AUC(labelWeights: weights + [1])] {
      #expect(throws: TargetError.self) { try metric.check(predicted: shape, expected: inPlace(oneHot)) }
    }
  }

  @Test func whatTheOptionsAskForMustBeThere() async {
    let targets = Tensor<Float>(zeros: [2, 3])
    #expect(throws: TargetError.self) { try Precision(classID: 3).check(predicted: [2, 3], expected: targets) }
    #expect(throws: TargetError.self) { try Recall(topK: 4).check(predicted: [2, 3], expected: targets) }
    #expect(throws: TargetError.self) { try AUC(labelWeights: [1, 2]).check(predicted: [2, 3], expected: targets) }
    #expect(throws: TargetError.self) { try FBetaScore().check(predicted: [2, 1], expected: Tensor(zeros: [2, 1])) }
    await #expect(processExitsWith: .failure) { _ = AUC(thresholdCount: 1) }
    await #expect(processExitsWith: .failure) { _ = FBetaScore(threshold: 0) }
    await #expect(processExitsWith: .failure) { _ = Precision(topK: 0) }
    await #expect(processExitsWith: .failure) { _ = R2Score(regressorCount: -1) }
  }

  @Test func logitsBecomeProbabilities() throws {
    let logits = Tensor<Float>(shape: [4, 1], scalars: [2, -1, 0.3, -0.2])
    let targets = Tensor<Float>(shape: [4, 1], scalars: [1, 0, 0, 1])
    for metric in Self.answers {
      var told = metric
      told.prepare(for: .binaryLogits)
      #expect(try value(told, logits, targets) == value(metric, logits.sigmoid(), targets))
    }
    #expect(try value(AUC(fromLogits: true), logits, targets) == value(AUC(), logits.sigmoid(), targets))
    var rows = Precision()
    rows.prepare(for: .logits)
    #expect(
      try value(rows, outputs * 5, Tensor([1, 0, 2])) == value(Precision(), (outputs * 5).softmax(), Tensor([1, 0, 2])))
  }

  @Test func notANumberIsNoAnswer() throws {
    let outputs = Tensor<Float>([.nan, 0.9])
    #expect(try value(Recall(), outputs, Tensor([1, 1])) == 0.5)
    #expect(try value(AUC(), outputs, Tensor([1, 0])).isFinite)
    #expect(try value(AUC(thresholds: [0.2, 0.3]), Tensor([3, -2, .nan]), Tensor([1, 0, 0])) == 1)
  }

  @Test func directionsAndNames() {
    #expect(Self.answers.allSatisfy { $0.direction == .max })
    #expect(R2Score().direction == .max && RootMeanSquaredError().direction == .min)
    let metrics: [any Metric] = [.meanAbsoluteError, .cosineSimilarity, .binaryCrossEntropy()]
    #expect(metrics.map(\.direction) == [.min, .max, .min])
    #expect(metrics.map(\.name) == ["mean_absolute_error", "cosine_similarity", "binary_crossentropy"])
    #expect(FBetaScore().name == "f1_score" && FBetaScore(beta: 2).name == "fbeta_score")
    let short: [any WeightedMetric] = [
      .accuracy, .binaryAccuracy, .topKAccuracy(k: 3), .precision, .recall, .f1Score(average: .micro),
      .fBetaScore(beta: 2), .auc, .r2Score, .rootMeanSquaredError,
    ]
    #expect(
      short.map(\.name) == [
        "accuracy", "binary_accuracy", "top_3_accuracy", "precision", "recall", "f1_score", "fbeta_score", "auc",
        "r2_score", "root_mean_squared_error",
      ])
    #expect(Precision(name: "strict").name == "strict" && AUC(curve: .pr, name: "pr").name == "pr")
  }

  @Test func scoresOfEachClass() throws {
    var score = FBetaScore()
    score.update(predicted: outputs, expected: Tensor([1, 1, 2]))
    // Class 0 is predicted once, wrongly; class 1 once of twice; class 2 always.
    #expect(zip(score.values, [0, 2.0 / 3, 1]).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(score.value == score.values.reduce(0, +) / 3)
  }

  @Test func regressionReadsColumnsAndVectors() throws {
    let predicted = Tensor<Float>(shape: [3, 1], scalars: [1, 2, 4])
    #expect(try value(RootMeanSquaredError(), predicted, Tensor([1, 2, 1])) == 3.0.squareRoot())
    #expect(try value(R2Score(), predicted, Tensor([1, 2, 3])) == 0.5)
    #expect(throws: TargetError.self) {
      try R2Score().check(predicted: [3, 1, 2], expected: Tensor(zeros: [3, 1, 2]))
    }
    #expect(throws: TargetError.self) {
      try RootMeanSquaredError().check(predicted: [3, 2], expected: Tensor(zeros: [3]))
    }
    #expect(throws: TargetError.self) {
      try LossMetric(MeanAbsoluteError(), name: "mae").check(predicted: [3, 2], expected: Tensor(zeros: [3]))
    }
  }
}
