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

  @Test func noExamplesGiveZeros() {
    let report = ClassificationReport(ConfusionCounts(expected: [], predicted: [], classes: ["a", "b"]))
    #expect(report.accuracy == 0)
    #expect(report.classes.map(\.f1) == [0, 0])
  }
}
