import Testing
import Training

/// The reports against scikit-learn's.
struct ReportTests {
  @Test func confusionEqualsScikitLearn() throws {
    let reference = try Fixture.load().report
    let counts = ConfusionCounts(
      expected: reference.expected, predicted: reference.predicted, classes: reference.names)
    #expect(counts.counts == reference.confusion)
  }

  @Test func reportEqualsScikitLearnToTheLetter() throws {
    let reference = try Fixture.load().report
    let counts = ConfusionCounts(
      expected: reference.expected, predicted: reference.predicted, classes: reference.names)
    #expect(ClassificationReport(counts).description == reference.text)
  }

  /// scikit-learn's report of the same answers with `labels=` of the classes that have examples, here 1.00 and 0.83.
  @Test func absentClassesAreLeftOutOfMeans() {
    let right = ClassificationReport(ConfusionCounts(expected: [1], predicted: [1], classes: ["a", "b", "c"]))
    #expect([right.macroAverage.precision, right.macroAverage.recall, right.macroAverage.f1] == [1, 1, 1])
    #expect(right.classes.map(\.support) == [0, 1, 0])
    // An example that is taken for one of an absent class counts as a wrong one of its own.
    let wrong = ClassificationReport(
      ConfusionCounts(expected: [0, 0, 0, 1], predicted: [0, 0, 2, 1], classes: ["a", "b", "c"]))
    #expect(wrong.macroAverage.precision == 1 && abs(wrong.macroAverage.recall - 5.0 / 6) < 1e-12)
  }

  @Test func noExamplesGiveZeros() {
    let report = ClassificationReport(ConfusionCounts(expected: [], predicted: [], classes: ["a", "b"]))
    #expect(report.accuracy == 0)
    #expect(report.classes.map(\.f1) == [0, 0])
  }
}
