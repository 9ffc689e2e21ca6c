import NN
import Serialization

// Keras's metrics take outputs as they are. Beside a loss of logits, those with thresholds would give another number.

extension Accuracy: KerasMetric {
  func kerasClass(besides loss: any Loss) -> String? { threshold == nil ? "accuracy" : "BinaryAccuracy" }

  func kerasOptions(besides loss: any Loss) -> [String: JSON]? { threshold.map { ["threshold": JSON($0)] } }
}

extension BinaryAccuracy: KerasMetric {
  func kerasClass(besides loss: any Loss) -> String? {
    // Keras has no threshold of 0, which is that of logits.
    threshold == nil && loss.takesLogits ? nil : "BinaryAccuracy"
  }

  func kerasOptions(besides loss: any Loss) -> [String: JSON]? { ["threshold": JSON(threshold ?? 0.5)] }
}

extension TopKAccuracy: KerasMetric {
  func kerasClass(besides loss: any Loss) -> String? {
    loss is SparseCategoricalCrossEntropy ? "SparseTopKCategoricalAccuracy" : "TopKCategoricalAccuracy"
  }

  func kerasOptions(besides loss: any Loss) -> [String: JSON]? { ["k": JSON(k)] }
}

extension Precision: KerasMetric {
  func kerasClass(besides loss: any Loss) -> String? { loss.takesLogits ? nil : "Precision" }

  func kerasOptions(besides loss: any Loss) -> [String: JSON]? { answerOptions(threshold, topK, classID) }
}

extension Recall: KerasMetric {
  func kerasClass(besides loss: any Loss) -> String? { loss.takesLogits ? nil : "Recall" }

  func kerasOptions(besides loss: any Loss) -> [String: JSON]? { answerOptions(threshold, topK, classID) }
}

private func answerOptions(_ threshold: Float?, _ topK: Int?, _ classID: Int?) -> [String: JSON] {
  var options: [String: JSON] = [:]
  options["thresholds"] = threshold.map { JSON($0) }
  options["top_k"] = topK.map { JSON($0) }
  options["class_id"] = classID.map { JSON($0) }
  return options
}

extension FBetaScore: KerasMetric {
  func kerasClass(besides loss: any Loss) -> String? {
    loss.takesLogits && threshold != nil ? nil : beta == 1 ? "F1Score" : "FBetaScore"
  }

  func kerasOptions(besides loss: any Loss) -> [String: JSON]? {
    var options: [String: JSON] = ["average": .string(average.rawValue)]
    if beta != 1 { options["beta"] = .decimal(beta) }
    options["threshold"] = threshold.map { JSON($0) }
    return options
  }
}

extension AUC: KerasMetric {
  func kerasClass(besides loss: any Loss) -> String? {
    loss.outputMeaning == .logits && !fromLogits ? nil : "AUC"
  }

  func kerasOptions(besides loss: any Loss) -> [String: JSON]? {
    var options: [String: JSON] = [
      "num_thresholds": JSON(thresholdCount), "curve": .string(curve.rawValue),
      "summation_method": .string(summation.rawValue), "multi_label": .bool(isMultiLabel),
      "from_logits": .bool(fromLogits || loss.takesLogits),
    ]
    options["label_weights"] = labelWeights.map { .array($0.map { JSON($0) }) }
    options["thresholds"] = givenThresholds.map { .array($0.map { JSON($0) }) }
    return options
  }
}

extension R2Score: KerasMetric {
  func kerasClass(besides loss: any Loss) -> String? { "R2Score" }

  func kerasOptions(besides loss: any Loss) -> [String: JSON]? {
    ["class_aggregation": .string(aggregation.rawValue), "num_regressors": JSON(regressorCount)]
  }
}

extension RootMeanSquaredError: KerasMetric {
  func kerasClass(besides loss: any Loss) -> String? { "RootMeanSquaredError" }

  func kerasOptions(besides loss: any Loss) -> [String: JSON]? { [:] }
}

extension LossMetric: KerasMetric where Measured: KerasLoss {
  func kerasClass(besides loss: any Loss) -> String? {
    let kind = Measured.kerasClass == "LogCosh" ? "LogCoshError" : Measured.kerasClass
    // Keras's metric is the similarity itself, the loss its negative.
    let kerasDirection: MetricDirection = Measured.self == CosineSimilarity.self ? .max : .min
    let isExact = (self.loss as? SparseCategoricalCrossEntropy)?.ignoreClass == nil
    return KerasTables.metrics[kind] != nil && direction == kerasDirection && isExact ? kind : nil
  }

  func kerasOptions(besides loss: any Loss) -> [String: JSON]? { self.loss.kerasOptions }
}

extension Loss {
  /// Whether the loss takes the model's outputs for logits.
  fileprivate var takesLogits: Bool { outputMeaning?.isLogits == true }
}
