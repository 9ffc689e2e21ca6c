import Foundation
import Kilim

/// How a classifier on the features of a backbone is made and trained.
struct ClassifierTraining {
  let objective: Objective
  let epochs: Int
  let batchSize: Int
  let learningRate: Double
  let seed: UInt64
  /// The weight of each class in the loss; `nil` for the same weight.
  var classWeights: [Float]?

  /// A new classifier.
  func head(for features: FeatureDataset) throws -> Sequential { try objective.head(for: features, seed: seed) }

  /// Trains a classifier.
  @discardableResult
  func fit(
    _ head: Sequential, _ features: any Dataset, validation: (any Dataset)? = nil, callbacks: [any Callback] = [],
    progress: ProgressDisplay = .automatic
  ) throws -> History {
    try head.fit(
      features, validation: validation, epochs: epochs, batchSize: batchSize,
      optimizer: Adam(learningRate: .constant(learningRate)), loss: objective.loss, metrics: objective.metrics,
      seed: seed, classWeights: classWeights, callbacks: callbacks, progress: progress)
  }

  /// How far a classifier that is trained in this way can be trusted, by training photos that another one has not seen.
  func confidence(on features: FeatureDataset) throws -> Confidence {
    try Confidence(on: features, seed: seed) { part in
      let head = try head(for: features)
      try fit(head, part, progress: .silent)
      return head
    }
  }
}

extension Confidence {
  /// What it does for photos that neither it nor the classifier has seen, in lines for the report.
  func report(on evaluation: Evaluation, _ features: FeatureDataset) throws -> String {
    let (before, after) = (try evaluation.calibrationError(), try evaluation.calibrationError(temperature: temperature))
    let calibration = String(
      format: "calibration error %.4f, with the temperature %.3f %.4f (15 bins)", before, temperature, after)
    guard let rejection else {
      return calibration + "\nnone of these: too few photos to learn which are of none of the classes"
    }
    let known = rejection.scores(of: features.features).count { $0 >= rejection.threshold }
    return calibration
      + String(
        format: "\nnone of these: %.1f %% of the test photos, by a rule that accepts %.0f %% of known photos",
        100 * (1 - Double(known) / Double(max(1, features.count))), 100 * rejection.accepted)
  }
}
