import Autograd
import Data
import Foundation
import NN
import Tensor
import Testing

@testable import Training

/// Rankings, curves, calibration and matrices against scikit-learn, on random and on edge cases.
struct ClassScoresTests {
  static let names = ["random", "ties", "two", "absent", "silent", "equal", "one"]

  @Test(arguments: names) func rankingsAreThoseOfScikitLearn(_ name: String) throws {
    let reference = try #require(JudgingFixture.load().cases[name])
    let rankings = try reference.scores().rankings()
    #expect(agree(rankings.map(\.scores.rocAUC), reference.rankings.map(\.auc)))
    #expect(agree(rankings.map(\.scores.averagePrecision), reference.rankings.map(\.precision)))
    #expect(agree(rankings.map(\.scores.bestThreshold?.threshold), reference.rankings.map(\.threshold)))
    #expect(agree(rankings.map(\.scores.bestThreshold?.f1), reference.rankings.map(\.f1)))
    let found = [
      rankings.macroAUC, rankings.weightedAUC, rankings.macroAveragePrecision, rankings.weightedAveragePrecision,
    ]
    #expect(
      agree(
        found,
        [reference.macroAUC, reference.weightedAUC, reference.macroPrecision, reference.weightedPrecision]))
  }

  @Test(arguments: names) func curvesAreThoseOfScikitLearn(_ name: String) throws {
    let reference = try #require(JudgingFixture.load().cases[name])
    for (ranking, expected) in zip(try reference.scores().rankings(), reference.curves) {
      let roc = ranking.scores.rocCurve?.points ?? []
      #expect(agree(roc.map(\.falsePositiveRate), expected.falsePositives))
      #expect(agree(roc.map(\.truePositiveRate), expected.truePositives))
      #expect(agree(roc.dropFirst().map(\.threshold), expected.rocThresholds))
      #expect(roc.isEmpty || roc[0].threshold == .infinity)
      let curve = ranking.scores.precisionRecallCurve.points
      #expect(agree(curve.map(\.precision), expected.precision))
      #expect(agree(curve.map(\.recall), expected.recall))
      #expect(agree(curve.map(\.threshold), expected.thresholds))
    }
  }

  @Test(arguments: names) func sharesAndCalibrationAreThoseOfScikitLearn(_ name: String) throws {
    let reference = try #require(JudgingFixture.load().cases[name])
    let scores = try reference.scores()
    for normalization in ConfusionCounts.Normalization.allCases {
      let expected = try #require(reference.shares[normalization.rawValue])
      #expect(agree(scores.confusion.shares(of: normalization).flatMap(\.self), expected.flatMap(\.self)))
    }
    for (k, expected) in reference.topK.enumerated() {
      let found = try scores.topKAccuracy(k + 1)
      #expect(agree([found], [expected]))
    }
    let bins = try scores.reliability(bins: 10)
    #expect(agree(bins.compactMap(\.accuracy), reference.binShares))
    #expect(agree(bins.compactMap(\.confidence), reference.binMeans))
    #expect(agree([bins.expectedCalibrationError], [reference.calibrationError]))
    #expect(bins.reduce(0) { $0 + $1.count } == scores.count)
  }

  @Test func theSurestMistakesComeFirst() throws {
    let scores = try ClassScores(
      probabilities: [0.9, 0.1, 0.3, 0.7, 0.2, 0.8, 0.3, 0.7], labels: [0, 0, 0, 0], classes: ["a", "b"])
    #expect(scores.mistakes().map(\.example) == [2, 1, 3])
    #expect(
      scores.mistakes(limit: 1)
        == [Mistake(example: 2, expected: 0, predicted: 1, probability: 0.8, expectedProbability: 0.2)])
    #expect(scores.mistakes(limit: -1).isEmpty && scores.accuracy == 0.25)
  }

  /// Several logits of yes or no have a sigmoid each, as `classify` reads them, with and without a temperature.
  @Test func severalAnswersHaveTheirOwnProbabilities() throws {
    let logits = Tensor<Float>(shape: [3, 3], scalars: [2, 0, -1, 0.5, 1, 3, -1, -2, -0.5])
    let labels = Tensor(oneHot: Tensor<Float>([0, 2, 1]), classCount: 3)
    func evaluation(_ outputs: Tensor<Float>, _ meaning: OutputMeaning) -> Evaluation {
      Evaluation(
        figures: Figures(loss: 0, metrics: []), predicted: outputs, expected: labels, classes: ["a", "b", "c"],
        targetMeaning: nil, outputMeaning: meaning, nonFiniteCount: 0)
    }
    let (found, shares) = (evaluation(logits, .binaryLogits), evaluation(logits.sigmoid(), .binaryProbabilities))
    #expect(try ClassScores(found).values == logits.sigmoid().scalars.map { Double($0) })
    #expect(try Confidence(found).temperature == Confidence(shares).temperature)
    #expect(try found.calibrationError(temperature: 2) == shares.calibrationError(temperature: 2))
    for temperature in [1.0, 2.5] {
      let scores = try ClassScores(found, temperature: temperature)
      #expect(try scores.values == ClassScores(shares, temperature: temperature).values)
      let model = try Sequential(input: [3, 1, 1]) { Flatten() }
      (model.classes, model.outputMeaning) = (["a", "b", "c"], .binaryLogits)
      model.confidence = try JSONDecoder().decode(
        Confidence.self, from: Foundation.Data("{\"temperature\":\(temperature)}".utf8))
      let outputs = try ClassOutputs(model)
      for example in 0..<3 {
        let answer = try outputs.answer(rows: [example], of: [Variable(logits)])
        for (name, probability) in zip(scores.classes, scores[example]) {
          let given = try #require(answer.classes.first { $0.name == name }?.probability)
          // Logarithms and exponentials of `Float`.
          #expect(abs(Double(given) - probability) < 1e-6)
        }
      }
      let photos = logits.reshaped(to: [3, 3, 1, 1])
      let views = try TestViews.flips.output(of: model, photos, .binaryLogits, temperature).sigmoid().scalars
      #expect(zip(views, scores.values).allSatisfy { abs(Double($0) - $1) < 1e-6 })
      let sigmoids = try Sequential(input: [3, 1, 1]) {
        Flatten()
        ActivationLayer(.sigmoid)
      }
      sigmoids.confidence = model.confidence
      let others = try TestViews.flips.output(of: sigmoids, photos, .binaryProbabilities, temperature).scalars
      #expect(zip(others, scores.values).allSatisfy { abs(Double($0) - $1) < 1e-6 })
    }
  }

  /// A model that has diverged gives numbers that no bin of probabilities holds.
  @Test(arguments: [1e18, 1.1, -0.1, -1e300])
  func numbersThatAreNoProbabilitiesAreRefused(_ number: Double) throws {
    #expect(throws: JudgingError.outOfRange(example: 1, found: "\(number)")) {
      try ClassScores(probabilities: [0.5, 0.5, number, 0], labels: [0, 1], classes: ["a", "b"])
    }
  }

  /// Those of a softmax may be above 1 by rounding.
  @Test func roundedProbabilitiesAreTaken() throws {
    let scores = try ClassScores(probabilities: [1 + 1e-6, -1e-6], labels: [0], classes: ["a", "b"])
    #expect(try scores.reliability(bins: 4).map(\.count) == [0, 0, 0, 1])
  }

  @Test func evaluationsAreRead() throws {
    func evaluation(_ outputs: Tensor<Float>, _ targets: Tensor<Float>, _ meaning: OutputMeaning) -> Evaluation {
      Evaluation(
        figures: Figures(loss: 0, metrics: []), predicted: outputs, expected: targets, classes: ["a", "b"],
        targetMeaning: nil, outputMeaning: meaning, nonFiniteCount: 0)
    }
    let logits = Tensor<Float>(shape: [3, 2], scalars: [2, 0, 0, 1, -1, 3])
    let labels = Tensor<Float>([0, 1, 0])
    let found = try ClassScores(evaluation(logits, labels, .logits))
    let expected = try ClassScores(evaluation(logits.softmax(), labels, .probabilities))
    // Probabilities are rounded to 6e-8.
    #expect(zip(found.values, expected.values).allSatisfy { abs($0 - $1) < 1e-6 } && found.labels == [0, 1, 0])
    let warm = try ClassScores(evaluation(logits, labels, .logits), temperature: 2)
    let halved = (logits * 0.5).softmax().scalars
    #expect(zip(warm.values, halved).allSatisfy { abs($0 - Double($1)) < 1e-6 })
    let one = Tensor<Float>(shape: [3, 1], scalars: [0.25, 0.75, 0.5])
    let pair = try ClassScores(evaluation(one, labels.reshaped(to: [3, 1]), .binaryProbabilities))
    #expect(pair.values == [0.75, 0.25, 0.25, 0.75, 0.5, 0.5])

    let broken = Tensor<Float>(shape: [3, 2], scalars: [2, 0, 0, .nan, -1, 3])
    #expect(throws: JudgingError.notFinite(example: 1, found: "nan")) {
      try ClassScores(evaluation(broken, labels, .logits))
    }
    #expect(throws: JudgingError.outputs([3, 3], meaning: .logits, classCount: 2)) {
      try ClassScores(evaluation(Tensor(zeros: [3, 3]), labels, .logits))
    }
    #expect(throws: JudgingError.outputs([3, 2], meaning: .values, classCount: 2)) {
      try ClassScores(evaluation(logits, labels, .values))
    }
  }

  @Test func severalClassesAreRankedEach() throws {
    let outputs = Tensor<Float>(shape: [3, 2], scalars: [0.9, 0.2, 0.4, 0.7, 0.1, 0.3])
    let evaluation = Evaluation(
      figures: Figures(loss: 0, metrics: []), predicted: outputs,
      expected: Tensor(shape: [3, 2], scalars: [1, 1, 0, 1, 0, 0]), classes: ["a", "b"],
      targetMeaning: .severalClasses(names: ["a", "b"]), outputMeaning: .binaryProbabilities, nonFiniteCount: 0)
    let rankings = try evaluation.rankings()
    #expect(rankings.map(\.scores.rocAUC) == [1, 0.5] && rankings.map(\.support) == [1, 2])
  }

  @Test func whatCannotBeJudgedIsAnError() throws {
    #expect(throws: JudgingError.noExamples) { try ClassScores(probabilities: [], labels: [], classes: ["a"]) }
    #expect(throws: JudgingError.notFinite(example: 1, found: "inf")) {
      try ClassScores(probabilities: [0, 1, .infinity, 0], labels: [0, 1], classes: ["a", "b"])
    }
    #expect(throws: JudgingError.label(2, example: 0, classCount: 2)) {
      try ClassScores(probabilities: [0, 1], labels: [2], classes: ["a", "b"])
    }
    #expect(throws: JudgingError.counts("probabilities", 3, "pairs of an example and a class", 2)) {
      try ClassScores(probabilities: [0, 1, 0], labels: [0], classes: ["a", "b"])
    }
    let scores = try ClassScores(probabilities: [0, 1], labels: [0], classes: ["a", "b"])
    #expect(throws: JudgingError.self) { try scores.topKAccuracy(0) }
    #expect(throws: JudgingError.self) { try scores.reliability(bins: 0) }
    #expect(throws: JudgingError.self) { try scores.ranking(ofClass: 2) }
    #expect(throws: JudgingError.counts("scores", 1, "truths", 2)) {
      try BinaryScores(scores: [1], truths: [true, false])
    }
  }
}
