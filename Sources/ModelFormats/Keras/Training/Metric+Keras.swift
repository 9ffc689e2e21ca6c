import NN
import Serialization

/// Metrics as Keras writes them. They tell of training and do not change it.
enum KerasMetrics {
  private static let accuracies: Set<String> = [
    "accuracy", "acc", "categorical_accuracy", "sparse_categorical_accuracy", "binary_accuracy",
    "CategoricalAccuracy", "SparseCategoricalAccuracy", "BinaryAccuracy",
  ]
  private static let topK: Set<String> = ["TopKCategoricalAccuracy", "SparseTopKCategoricalAccuracy"]

  /// A metric as Keras writes it.
  ///
  /// - Parameters:
  ///   - metric: the metric.
  ///   - loss: tells whether targets are classes or one-hot rows, for which Keras has a class of metric each.
  static func json(of metric: any Metric, besides loss: any Loss) throws(ModelFileError.Problem) -> JSON {
    switch metric {
    case is Accuracy: return "accuracy"
    case let metric as TopKAccuracy:
      let kind = loss is SparseCategoricalCrossEntropy ? "SparseTopKCategoricalAccuracy" : "TopKCategoricalAccuracy"
      return JSON(kerasObject: kind, of: "keras.metrics", ["name": .string(metric.name), "k": JSON(metric.k)])
    default: throw .unsupported(found: "the metric \(type(of: metric))", expected: "Accuracy or TopKAccuracy for Keras")
    }
  }

  /// The metrics of a compile configuration that Kilim has too. Others are passed over.
  static func metrics(_ json: JSON?) -> [any Metric] {
    switch json {
    case .array(let parts): return parts.flatMap { metrics($0) }
    case let json?:
      let name = json.text ?? json["class_name"]?.text ?? ""
      if accuracies.contains(name) { return [Accuracy()] }
      if topK.contains(name) { return [TopKAccuracy(k: json["config"]?["k"]?.count ?? 5)] }
      return []
    case nil: return []
    }
  }
}
