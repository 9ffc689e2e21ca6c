import NN
import Tensor
import Testing

/// Every form of targets that the library makes is read, or refused.
@Suite struct ClassReadingTests {
  private let outputs = Tensor<Float>(shape: [3, 3], scalars: [0.1, 0.8, 0.1, 0.5, 0.2, 0.3, 0.2, 0.2, 0.6])

  @Test(arguments: [
    Tensor<Float>(shape: [3, 3], scalars: [0, 1, 0, 0, 1, 0, 0, 0, 1]), Tensor<Float>([1, 1, 2]),
    Tensor<Float>(shape: [3, 1], scalars: [1, 1, 2]),
    Tensor<Float>(shape: [3, 3], scalars: [0.1, 0.8, 0.1, 0.3, 0.4, 0.3, 0, 0, 1]),
  ])
  func severalOutputs(targets: Tensor<Float>) throws {
    let reading = try ClassReading(predicted: outputs, expected: targets)
    #expect(reading.predicted == [1, 0, 2])
    #expect(reading.expected == [1, 1, 2])
    #expect(reading.classCount == 3)
    var accuracy = Accuracy()
    accuracy.update(predicted: outputs, expected: targets)
    #expect(accuracy.value == 2.0 / 3)
  }

  @Test func oneOutput() throws {
    let chances: [Float] = [0.9, 0.2, 0.6, .nan]
    for shape in [[4, 1], [4]] as [Shape] {
      for targets in [Tensor<Float>([1, 0, 0, 0]), Tensor<Float>(shape: [4, 1], scalars: [1, 0, 0, 0])] {
        let reading = try ClassReading(predicted: Tensor(shape: shape, scalars: chances), expected: targets)
        #expect(reading.predicted == [1, 0, 1, 0])
        #expect(reading.expected == [1, 0, 0, 0])
        #expect(reading.classCount == 2)
      }
    }
    // Logits: above 0 means yes.
    var accuracy = Accuracy()
    accuracy.prepare(for: .binaryLogits)
    accuracy.update(predicted: Tensor(shape: [2, 1], scalars: [0.3, -0.3]), expected: Tensor([1, 0]))
    #expect(accuracy.value == 1)
    var strict = Accuracy(threshold: 0.7)
    strict.prepare(for: .binaryProbabilities)
    strict.update(predicted: Tensor(shape: [2, 1], scalars: [0.6, 0.8]), expected: Tensor([0, 1]))
    #expect(strict.value == 1)
  }

  /// Classes lie along the channels, and each pixel counts.
  @Test func images() throws {
    // Two images of 1 × 2 pixels and three classes.
    let outputs = Tensor<Float>(shape: [2, 3, 1, 2], scalars: [9, 0, 0, 0, 0, 9, 0, 0, 9, 0, 0, 9])
    let oneHot = Tensor<Float>(shape: [2, 3, 1, 2], scalars: [1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1])
    let indices = Tensor<Float>(shape: [2, 1, 2], scalars: [0, 1, 1, 2])
    for targets in [oneHot, indices, indices.reshaped(to: [2, 1, 1, 2])] {
      let reading = try ClassReading(predicted: outputs, expected: targets)
      #expect(reading.predicted == [0, 2, 1, 2])
      #expect(reading.expected == [0, 1, 1, 2])
      var (accuracy, first) = (Accuracy(), TopKAccuracy(k: 1))
      accuracy.update(predicted: outputs, expected: targets)
      first.update(predicted: outputs, expected: targets)
      #expect(accuracy.value == 0.75)
      #expect(first.value == 0.75)
    }
    let mask = Tensor<Float>(shape: [1, 1, 2, 2], scalars: [0.9, 0.1, 0.8, 0.2])
    let truth = Tensor<Float>(shape: [1, 2, 2], scalars: [1, 0, 0, 0])
    #expect(try ClassReading(predicted: mask, expected: truth).predicted == [1, 0, 1, 0])
  }

  @Test func severalClassesAreRefused() throws {
    let multiHot = Tensor<Float>(shape: [3, 3], scalars: [0, 1, 0, 1, 1, 0, 0, 0, 1])
    let error = #expect(throws: TargetError.self) { try ClassReading(predicted: outputs, expected: multiHot) }
    #expect("\(try #require(error))".contains("example 1 sum to 2.0, they must sum to 1"))
    #expect(throws: TargetError.self) { try Accuracy().check(predicted: [3, 3], expected: multiHot) }
    #expect(throws: TargetError.self) { try TopKAccuracy(k: 1).check(predicted: [3, 3], expected: multiHot) }
    let nothing = Tensor<Float>(zeros: [3, 3])
    #expect(throws: TargetError.self) { try ClassReading(predicted: outputs, expected: nothing) }
  }

  @Test func otherFormsAreRefused() {
    for (outputs, targets) in [
      ([3, 3], [3, 2]), ([3, 3], [2]), ([3, 1], [3, 2]), ([2, 3, 4, 4], [2, 3]), ([], []),
    ]
      as [(Shape, Shape)]
    {
      #expect(throws: TargetError.self, "\(outputs) \(targets)") {
        try ClassReading(predicted: Tensor(zeros: outputs), expected: Tensor(zeros: targets))
      }
    }
    // A quantity is no yes or no.
    #expect(throws: TargetError.self) {
      try ClassReading(predicted: Tensor(zeros: [2, 1]), expected: Tensor(shape: [2, 1], scalars: [0, 3.7]))
    }
    #expect(throws: TargetError.self) { try TopKAccuracy().check(predicted: [2, 1], expected: Tensor(zeros: [2, 1])) }
  }

  @Test func binaryAccuracyMeasuresEachAnswer() throws {
    let predicted = Tensor<Float>(shape: [2, 3], scalars: [0.9, 0.2, 0.6, 0.4, 0.5, 0.1])
    let expected = Tensor<Float>(shape: [2, 3], scalars: [1, 0, 0, 1, 0, 0])
    var metric = BinaryAccuracy()
    metric.update(predicted: predicted, expected: expected)
    // keras.metrics.BinaryAccuracy: 4 of 6.
    #expect(metric.value == 4.0 / 6)
    var lower = BinaryAccuracy(threshold: 0.3)
    lower.update(predicted: predicted, expected: expected)
    #expect(lower.value == 4.0 / 6)
    #expect(throws: TargetError.self) { try metric.check(predicted: [2, 3], expected: Tensor(zeros: [2, 2])) }
  }

  @Test func metricsKnowTheirDirection() {
    #expect(([Accuracy(), TopKAccuracy(), BinaryAccuracy()] as [any Metric]).map(\.direction) == [.max, .max, .max])
  }
}
