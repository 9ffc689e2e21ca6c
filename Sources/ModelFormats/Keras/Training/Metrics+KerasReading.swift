import NN
import Serialization

extension KerasMetrics {
  /// Makes the metric that gives the same number; `nil` where there is none for these outputs.
  ///
  /// - Parameters:
  ///   - options: what the file says.
  ///   - outputs: what the metric reads.
  ///   - name: the name in the file.
  typealias Reader =
    @Sendable (_ options: inout KerasOptions, _ outputs: KerasOutputs, _ name: String?) throws(ModelFileError.Problem)
    -> (any Metric)?

  /// The readers by Keras's classes.
  static let readers: [String: Reader] = [
    "BinaryAccuracy": { options, outputs, _ throws(ModelFileError.Problem) in
      let threshold = try options.number("threshold", default: 0.5)
      return outputs.isSingle && threshold == 0.5 ? Accuracy() : BinaryAccuracy(threshold: threshold)
    },
    "CategoricalAccuracy": { _, outputs, _ throws(ModelFileError.Problem) in outputs.isSingle ? nil : Accuracy() },
    "SparseCategoricalAccuracy": { _, outputs, _ throws(ModelFileError.Problem) in
      outputs.isSingle ? nil : Accuracy()
    },
    "TopKCategoricalAccuracy": topK, "SparseTopKCategoricalAccuracy": topK,
    "Precision": { options, outputs, name throws(ModelFileError.Problem) in
      let (threshold, topK, classID) = try answers(&options)
      guard canCount(outputs, topK, classID) else { return nil }
      return Precision(threshold: threshold, topK: topK, classID: classID, name: name ?? "precision")
    },
    "Recall": { options, outputs, name throws(ModelFileError.Problem) in
      let (threshold, topK, classID) = try answers(&options)
      guard canCount(outputs, topK, classID) else { return nil }
      return Recall(threshold: threshold, topK: topK, classID: classID, name: name ?? "recall")
    },
    "F1Score": fBeta, "FBetaScore": fBeta, "AUC": auc, "R2Score": r2Score,
    "RootMeanSquaredError": { _, _, _ throws(ModelFileError.Problem) in RootMeanSquaredError() },
    "MeanAbsoluteError": mean(MeanAbsoluteError(), "mean_absolute_error"),
    "MeanSquaredError": mean(MeanSquaredError(), "mean_squared_error"),
    "MeanAbsolutePercentageError": mean(MeanAbsolutePercentageError(), "mean_absolute_percentage_error"),
    "MeanSquaredLogarithmicError": mean(MeanSquaredLogarithmicError(), "mean_squared_logarithmic_error"),
    "LogCoshError": mean(LogCosh(), "logcosh"), "Poisson": mean(Poisson(), "poisson"), "Hinge": mean(Hinge(), "hinge"),
    "SquaredHinge": mean(SquaredHinge(), "squared_hinge"),
    "CategoricalHinge": mean(CategoricalHinge(), "categorical_hinge"),
    "KLDivergence": mean(KLDivergence(), "kl_divergence"),
    "CosineSimilarity": mean(CosineSimilarity(), "cosine_similarity", direction: .max),
    "BinaryCrossentropy": { options, _, name throws(ModelFileError.Problem) in
      LossMetric(try BinaryCrossEntropy(keras: &options), name: name ?? "binary_crossentropy")
    },
    "CategoricalCrossentropy": { options, _, name throws(ModelFileError.Problem) in
      LossMetric(try CategoricalCrossEntropy(keras: &options), name: name ?? "categorical_crossentropy")
    },
    "SparseCategoricalCrossentropy": { options, _, name throws(ModelFileError.Problem) in
      let loss = try SparseCategoricalCrossEntropy(keras: &options)
      // Keras's metric weighs the places of all batches alike, Kilim's each batch.
      return loss.ignoreClass == nil ? LossMetric(loss, name: name ?? "sparse_categorical_crossentropy") : nil
    },
  ]

  private static func mean(
    _ loss: some Loss & Codable, _ name: String, direction: MetricDirection = .min
  ) -> Reader {
    { _, _, ownName throws(ModelFileError.Problem) in LossMetric(loss, name: ownName ?? name, direction: direction) }
  }

  private static let topK: Reader = { options, outputs, _ throws(ModelFileError.Problem) in
    let k = try options.count("k", default: 5)
    return outputs.isRow && !outputs.isSingle ? TopKAccuracy(k: k) : nil
  }

  private static func answers(
    _ options: inout KerasOptions
  ) throws(ModelFileError.Problem) -> (threshold: Float?, topK: Int?, classID: Int?) {
    (
      try options.optionalNumber("thresholds"), try options.optionalCount("top_k"),
      try options.optionalCount("class_id", atLeast: 0)
    )
  }

  private static func canCount(_ outputs: KerasOutputs, _ topK: Int?, _ classID: Int?) -> Bool {
    !outputs.isLogits && topK ?? 1 <= outputs.classCount && classID ?? 0 < outputs.classCount
  }

  private static let fBeta: Reader = { options, outputs, name throws(ModelFileError.Problem) in
    let threshold = try options.optionalNumber("threshold")
    let beta = try options.double("beta", default: 1, in: Double.leastNonzeroMagnitude..<Double.infinity)
    // Without an average there is a number for each class.
    guard let average = options.take("average")?.text.flatMap(FBetaScore.Average.init(rawValue:)) else { return nil }
    guard outputs.isRow, !outputs.isLogits || threshold == nil, threshold != nil || !outputs.isSingle,
      threshold.map({ $0 > 0 && $0 <= 1 }) ?? true
    else { return nil }
    return FBetaScore(average: average, beta: beta, threshold: threshold, name: name)
  }

  private static let auc: Reader = { options, outputs, name throws(ModelFileError.Problem) in
    let count = try options.optionalCount("num_thresholds", atLeast: 2) ?? 200
    let thresholds = try options.optionalNumbers("thresholds")
    let weights = try options.optionalNumbers("label_weights")
    let curve = try options.word("curve", default: .roc, of: names(of: AUC.Curve.self))
    let summation = try options.word(
      "summation_method", default: .interpolation, of: names(of: AUC.Summation.self))
    let isMultiLabel = try options.bool("multi_label", default: false)
    let fromLogits = try options.bool("from_logits", default: false)
    guard !outputs.isLogits || fromLogits, weights?.count ?? outputs.classCount == outputs.classCount else {
      return nil
    }
    return AUC(
      thresholdCount: count, thresholds: thresholds, curve: curve, summation: summation, isMultiLabel: isMultiLabel,
      labelWeights: weights, fromLogits: fromLogits, name: name ?? "auc")
  }

  private static func names<Word: CaseIterable & RawRepresentable<String>>(of type: Word.Type) -> [String: Word] {
    Dictionary(uniqueKeysWithValues: type.allCases.map { ($0.rawValue, $0) })
  }

  private static let r2Score: Reader = { options, outputs, _ throws(ModelFileError.Problem) in
    // Without an aggregation there is a number for each output.
    guard let aggregation = options.take("class_aggregation")?.text.flatMap(R2Score.Aggregation.init(rawValue:)) else {
      return nil
    }
    let regressors = try options.optionalCount("num_regressors", atLeast: 0) ?? 0
    guard outputs.isRow else { return nil }
    return R2Score(aggregation: aggregation, regressorCount: regressors)
  }
}
