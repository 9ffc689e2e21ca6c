import NN
import Serialization
import Tensor

/// Metrics as Keras writes them. They tell of training and do not change it.
enum KerasMetrics {
  /// The names that Keras has for metrics in place of their classes.
  private static let classes: [String: String] = [
    "categorical_accuracy": "CategoricalAccuracy", "sparse_categorical_accuracy": "SparseCategoricalAccuracy",
    "binary_accuracy": "BinaryAccuracy", "top_k_categorical_accuracy": "TopKCategoricalAccuracy",
    "sparse_top_k_categorical_accuracy": "SparseTopKCategoricalAccuracy",
  ]

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

  /// Each metric of a compile configuration: the description, and the metric of Kilim that gives the same number, if there
  /// is one.
  ///
  /// - Parameter outputShape: of one output. With one number for each example, accuracy compares it with one half.
  static func metrics(_ json: JSON?, outputShape: Shape) -> [(description: JSON, metric: (any Metric)?)] {
    switch json {
    case nil, .null: []
    case .array(let parts): parts.flatMap { metrics($0, outputShape: outputShape) }
    case .object where json?["class_name"] == nil:
      // By the name of the output, of which there is one.
      (json?.members ?? [:]).values.flatMap { metrics($0, outputShape: outputShape) }
    case let json?: [(json, metric(json, outputShape: outputShape))]
    }
  }

  private static func metric(_ json: JSON, outputShape: Shape) -> (any Metric)? {
    // Keras chooses the kind of accuracy by shapes, as Kilim does.
    if let name = json.text, ["accuracy", "acc"].contains(name.lowercased()) { return Accuracy() }
    let isFunction = json["class_name"] == "function"
    let name = json.text ?? (isFunction ? json["config"] : json["class_name"])?.text ?? ""
    let kind = classes[name] ?? name
    guard let table = KerasTables.metrics[kind], isFunction || json.foreignClass == nil else { return nil }
    if isFunction, ![nil, .null, "function", .string(name)].contains(json["registered_name"]) { return nil }
    var options = KerasOptions(of: json, table, for: .training)
    guard let k = try? options.count("k", default: 5), (try? options.finish()) != nil else { return nil }
    let isSingle = outputShape == [1]
    switch kind {
    case "BinaryAccuracy": return isSingle ? Accuracy() : nil
    case "CategoricalAccuracy", "SparseCategoricalAccuracy": return isSingle ? nil : Accuracy()
    default: return outputShape.rank == 1 && !isSingle ? TopKAccuracy(k: k) : nil
    }
  }
}
