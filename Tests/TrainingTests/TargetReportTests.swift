import Data
import Foundation
import NN
import Tensor
import Testing
import Training

/// The reports that follow from the meaning of the targets, against scikit-learn's.
@Suite struct TargetReportTests {
  struct Reference: Decodable {
    struct Several: Decodable {
      let names: [String]
      let expected: [[Int]]
      let predicted: [[Float]]
      let text: String
      let exact: Double
    }
    struct Numbers: Decodable {
      let expected, predicted: [[Float]]
      let mae, rmse, r2: [Double]
    }
    let several: [Several]
    let numbers: [Numbers]
  }

  private func reference() throws -> Reference {
    let file = Bundle.module.bundleURL.appending(path: "Fixtures/reports.json")
    return try JSONDecoder().decode(Reference.self, from: Foundation.Data(contentsOf: file))
  }

  /// What a model that repeats its input says about rows of answers.
  private func evaluate(
    _ predicted: [[Float]], _ targets: Targets, loss: any Loss, metrics: [any Metric]? = nil
  ) throws -> Evaluation {
    let width = predicted[0].count
    let inputs = Tensor(shape: [predicted.count, width], scalars: predicted.flatMap(\.self))
    let model = try Sequential(input: [width]) { ActivationLayer(.linear) }
    return try model.evaluate(TensorDataset(inputs: inputs, targets: targets), loss: loss, metrics: metrics)
  }

  @Test func severalClassesEqualScikitLearnToTheLetter() throws {
    for expected in try reference().several {
      let sets = expected.expected.map { row in zip(expected.names, row).filter { $0.1 == 1 }.map(\.0) }
      let targets = try Targets(severalClassNames: sets, classes: expected.names)
      let evaluation = try evaluate(expected.predicted, targets, loss: BinaryCrossEntropy())
      let report = try MultiLabelReport(evaluation)
      #expect(report.description == expected.text)
      #expect(abs(report.exactMatch - expected.exact) < 1e-12)
      #expect(try evaluation.report().description == expected.text)
    }
  }

  /// Of three examples, each class has every kind of answer that the other one lacks.
  @Test func theAnswersAboutEachClassAreCounted() throws {
    let targets = try Targets(severalClassNames: [["a"], ["a", "long name"], []])
    let report = try MultiLabelReport(
      evaluate([[0.9, 0.8], [0.2, 0.7], [0.6, 0.1]], targets, loss: BinaryCrossEntropy()))
    // As scikit-learn's multilabel_confusion_matrix.
    #expect(report.confusions.map(\.counts) == [[[0, 1], [1, 1]], [[1, 1], [0, 1]]])
    let lines = report.confusionTable.split(separator: "\n").map { $0.split(separator: " ").suffix(4).map(String.init) }
    #expect(lines[1] == ["1", "1", "1", "0"] && lines[2] == ["1", "1", "0", "1"], "\(report.confusionTable)")
    let answers = try SeveralClassAnswers(
      evaluate([[0.9, 0.8], [0.2, 0.7], [0.6, 0.1]], targets, loss: BinaryCrossEntropy()))
    #expect(answers.rights(ofClass: 0) == [true, false, false] && answers.rights(ofClass: 1) == [false, true, true])
    #expect(answers.exactRights == [false, false, false])
  }

  @Test func errorsOfNumbersEqualScikitLearn() throws {
    for expected in try reference().numbers {
      let targets = try Targets(numbers: expected.expected, names: ["size", "price"])
      let report = try RegressionReport(evaluate(expected.predicted, targets, loss: MeanSquaredError()))
      for (index, row) in report.numbers.enumerated() {
        // Both compute in double precision from the same numbers.
        #expect(abs(row.meanAbsoluteError - expected.mae[index]) <= 1e-9 * expected.mae[index])
        #expect(abs(row.rootMeanSquaredError - expected.rmse[index]) <= 1e-9 * expected.rmse[index])
        #expect(abs(row.r2 - expected.r2[index]) <= 1e-9)
      }
      #expect(report.numbers.map(\.name) == ["size", "price"] && report.count == expected.expected.count)
    }
  }

  /// Arrays do not say what they mean, but the loss does.
  @Test func aLossOfNumbersHasAReportOfNumbers() throws {
    let model = try Sequential(input: [2]) { ActivationLayer(.linear) }
    let data = try TensorDataset(
      inputs: Tensor(shape: [2, 2], scalars: [1, 2, 3, 4]), targets: Tensor(shape: [2, 2], scalars: [1, 3, 3, 5]))
    let report = try #require(model.evaluate(data, loss: .meanSquaredError).report() as? RegressionReport)
    #expect(report.numbers.map(\.name) == ["value 1", "value 2"])
    #expect(report.numbers.map(\.meanAbsoluteError) == [0, 1])
    // Names of classes, as with a loss of numbers on one-hot rows, have a report of classes.
    let named = try TensorDataset(
      inputs: Tensor(shape: [2, 2], scalars: [1, 0, 0, 1]), targets: Tensor(shape: [2, 2], scalars: [1, 0, 0, 1]),
      classes: ["a", "b"])
    #expect(try model.evaluate(named, loss: .meanSquaredError).report() is ClassificationReport)
  }

  @Test func otherTargetsAreRefused() throws {
    let targets = try Targets(classNames: ["a", "b"])
    let evaluation = try evaluate([[0.5, 0.5], [1, 0]], targets, loss: CategoricalCrossEntropy())
    #expect(throws: TargetError.self) { try RegressionReport(evaluation) }
    #expect(try evaluation.report() is ClassificationReport)
  }
}
