import NN
import Tensor
import Testing

@testable import Training

/// Temperature and calibration error against scikit-learn.
struct CalibrationTests {
  private let labels = ConfidenceFixture.labels(20, 4)
  private var logits: Tensor<Float> { ConfidenceFixture.logits(21, 4, labels: labels, classCount: 4) }

  @Test func theTemperatureIsThatOfScikitLearn() throws {
    let reference = try ConfidenceFixture.load().calibration
    let found = try ClassLogits(logits, meaning: .logits, labels: labels)
    // scikit-learn searches log(1 / T) up to an error of about 1e-5.
    #expect(abs(found.temperature() / reference.temperature - 1) < 1e-4)
    let probabilities = try ClassLogits(logits.softmax(), meaning: .probabilities, labels: labels)
    // The rounding of a probability in float32 is at most 6e-8 of it, and changes its logarithm by as much.
    #expect(abs(probabilities.temperature() / found.temperature() - 1) < 1e-5)
  }

  @Test func theCalibrationErrorIsThatOfScikitLearn() throws {
    let reference = try ConfidenceFixture.load().calibration
    let found = try ClassLogits(logits, meaning: .logits, labels: labels)
    #expect(abs(found.calibrationError(temperature: 1, bins: 15) - reference.before) < 1e-6)
    // An example at the edge of a bin may change the bin with the last digits of the temperature.
    #expect(abs(found.calibrationError(temperature: reference.temperature, bins: 15) - reference.after) < 1e-6)
  }

  /// A temperature that is no number gives none, and does not stop the program.
  @Test func noTemperatureHasNoCalibrationError() throws {
    let found = try ClassLogits(logits, meaning: .logits, labels: labels)
    #expect(found.calibrationError(temperature: .nan, bins: 15).isNaN)
  }

  @Test func twoClassesMayHaveOneOutput() throws {
    let labels = ConfidenceFixture.labels(20, 2)
    let both = ConfidenceFixture.logits(21, 4, labels: labels, classCount: 2)
    let one = both.slice(1..<2, axis: 1) - both.slice(0..<1, axis: 1)
    let expected = try ClassLogits(both, meaning: .logits, labels: labels)
    for (outputs, meaning) in [(one, OutputMeaning.binaryLogits), (one.sigmoid(), .binaryProbabilities)] {
      let found = try ClassLogits(outputs, meaning: meaning, labels: labels)
      // 1 - p is known up to 6e-8, so logits up to 11 have errors up to 0.004, and most far smaller ones.
      #expect(abs(found.temperature() / expected.temperature() - 1) < 1e-3)
      let error = found.calibrationError(temperature: 1, bins: 15)
      #expect(abs(error - expected.calibrationError(temperature: 1, bins: 15)) < 1e-5)
    }
  }

  /// With few examples, right answers do not show how sure the next answer is.
  @Test func fewRightAnswersDoNotMakeSure() throws {
    let few = try ClassLogits(
      Tensor(shape: [3, 2], scalars: [2, 0, 0, 2, 2, 0]), meaning: .logits, labels: [0, 1, 0])
    #expect(few.temperature() < 0.051)
    #expect(few.smoothedTemperature > 0.5)
    // All wrong: any other answer would be as good.
    let wrong = try ClassLogits(Tensor(shape: [2, 2], scalars: [2, 0, 0, 2]), meaning: .logits, labels: [1, 0])
    #expect(wrong.temperature() > 19.9)
  }

  @Test func whatHasNoClassesIsAnError() {
    #expect(throws: ConfidenceError.outputs([2, 2], examples: 2)) {
      try ClassLogits(Tensor(shape: [2, 2], scalars: [2, 0, 0, 2]), meaning: .values, labels: [0, 1])
    }
    #expect(throws: ConfidenceError.outputs([2, 2], examples: 1)) {
      try ClassLogits(Tensor(shape: [2, 2], scalars: [2, 0, 0, 2]), meaning: .logits, labels: [0])
    }
    #expect(throws: ConfidenceError.noClasses) {
      try ClassLogits(Tensor(shape: [2, 2], scalars: [2, 0, 0, 2]), meaning: .logits, labels: [0, nil])
    }
    #expect(throws: ConfidenceError.notFinite) {
      try ClassLogits(Tensor(shape: [2, 2], scalars: [2, .nan, 0, 2]), meaning: .logits, labels: [0, 1])
    }
  }
}
