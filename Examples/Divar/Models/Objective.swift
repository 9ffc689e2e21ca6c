import Kilim

/// What a network is trained for, as the targets of the photos say.
struct Objective {
  /// The number of outputs.
  let outputs: Int
  /// The activation of the last layer.
  let activation: Activation
  /// The loss to minimize.
  let loss: any Loss
  /// The metrics to measure.
  let metrics: [any Metric]
  /// The figure on the test photos that is the better the higher it is; `nil` if there is none.
  let score: String?

  /// Classes need a softmax, several classes a sigmoid each, and numbers no activation.
  init(_ meaning: TargetMeaning?) {
    switch meaning {
    case .oneClass(let names):
      (outputs, activation, loss) = (names.count, .softmax, CategoricalCrossEntropy())
      (metrics, score) = ([Accuracy()], "accuracy")
    case .severalClasses(let names):
      (outputs, activation, loss) = (names.count, .sigmoid, BinaryCrossEntropy())
      (metrics, score) = ([BinaryAccuracy()], "binary_accuracy")
    case .numbers(let names, _):
      (outputs, activation, loss) = (names.count, .linear, MeanSquaredError())
      (metrics, score) = ([LossMetric.meanAbsoluteError], nil)
    case .unknown, nil:
      (outputs, activation, loss, metrics, score) = (0, .linear, MeanSquaredError(), [], nil)
    }
  }

  /// A new classifier, or predictor of numbers, on the features of a backbone.
  func head(for features: FeatureDataset, seed: UInt64) throws -> Sequential {
    try Sequential(input: features.inputShape, seed: seed) {
      Dropout(0.2)
      Dense(outputs, activation: activation).named("classes")
    }
  }
}
