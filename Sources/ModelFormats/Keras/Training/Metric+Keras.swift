import NN
import Serialization
import Tensor

/// A metric that Keras has too.
protocol KerasMetric: Metric {
  /// The name of Keras's class, or the name under which Keras knows the metric; `nil` where Keras lacks it.
  ///
  /// - Parameter loss: the loss beside it.
  func kerasClass(besides loss: any Loss) -> String?

  /// The options that differ from Keras's defaults; `nil` for a metric that Keras knows by its name alone.
  func kerasOptions(besides loss: any Loss) -> [String: JSON]?
}

/// Metrics as Keras writes them. They tell of training and do not change it.
enum KerasMetrics {
  /// A metric as Keras writes it.
  ///
  /// - Parameters:
  ///   - metric: the metric.
  ///   - loss: tells whether targets are classes or one-hot rows, for which Keras has a class of metric each, and whether
  ///     outputs are logits, which Keras's metrics take for probabilities.
  static func json(of metric: any Metric, besides loss: any Loss) throws(ModelFileError.Problem) -> JSON {
    guard let known = metric as? any KerasMetric, let kind = known.kerasClass(besides: loss) else {
      throw .unsupported(
        found: "the metric \(type(of: metric)) \"\(metric.name)\" beside the loss \(type(of: loss))",
        expected: "one that gives the same number in Keras")
    }
    guard let options = known.kerasOptions(besides: loss) else { return .string(kind) }
    return JSON(kerasObject: kind, of: "keras.metrics", options.merging(["name": .string(metric.name)]) { $1 })
  }

  /// The metrics of an output as a file describes them.
  struct Descriptions {
    /// The metrics of Kilim that give the same numbers.
    private(set) var metrics: [any Metric] = []
    /// The description of each of these, by the name that Kilim has for it.
    private var known: [String: JSON] = [:]
    /// The metrics that Kilim lacks.
    private(set) var others: [JSON] = []

    init() {}

    /// Reads the metrics of one output. With one number for each example, accuracy compares it with one half.
    init(_ json: JSON, _ outputs: KerasOutputs) {
      for description in KerasMetrics.flat(json) {
        // Two descriptions of one number: it is measured once.
        if let metric = KerasMetrics.metric(description, outputs), known[metric.name] == nil {
          known[metric.name] = description
          metrics.append(metric)
        } else {
          others.append(description)
        }
      }
    }

    /// Metrics as Keras writes them, with those that Kilim lacks.
    func json(of metrics: [any Metric], besides loss: any Loss) throws(ModelFileError.Problem) -> JSON {
      .array(
        try metrics.map { metric throws(ModelFileError.Problem) in
          if let description = known[metric.name] { return description }
          return try KerasMetrics.json(of: metric, besides: loss)
        } + others)
    }
  }

  /// The descriptions in lists, and by the name of the output, of which there is one.
  private static func flat(_ json: JSON) -> [JSON] {
    switch json {
    case .null: []
    case .array(let parts): parts.flatMap(flat)
    case .object where json["class_name"] == nil: (json.members ?? [:]).values.flatMap(flat)
    default: [json]
    }
  }

  private static func metric(_ json: JSON, _ outputs: KerasOutputs) -> (any Metric)? {
    // Keras chooses the kind of accuracy by shapes, as Kilim does.
    if let name = json.text, ["accuracy", "acc"].contains(name.lowercased()) { return Accuracy() }
    let isFunction = json["class_name"] == "function"
    let name = json.text ?? (isFunction ? json["config"] : json["class_name"])?.text ?? ""
    let kind = readers[name] == nil ? kinds[KerasLosses.shortNames[name] ?? name] ?? name : name
    guard let reader = readers[kind], let table = KerasTables.metrics[kind], isFunction || json.foreignClass == nil
    else { return nil }
    if isFunction {
      // The function of this name is the loss, which is negative.
      guard [nil, .null, "function", .string(name)].contains(json["registered_name"]), kind != "CosineSimilarity" else {
        return nil
      }
    }
    var options = KerasOptions(of: json, table, for: .training)
    let ownName = options.take("name")?.text
    guard let metric = try? reader(&options, outputs, ownName), (try? options.finish()) != nil else { return nil }
    return metric
  }

  /// The classes by the names that Keras has for them.
  private static let kinds = Dictionary(
    uniqueKeysWithValues: readers.keys.map { (snakeCase($0), $0) } + [("log_cosh", "LogCoshError")])

  /// `KLDivergence` as `kl_divergence`, as Keras spells it.
  private static func snakeCase(_ name: String) -> String {
    name.replacing(#/(.)([A-Z][a-z]+)/#) { "\($0.output.1)_\($0.output.2)" }
      .replacing(#/([a-z])([A-Z])/#) { "\($0.output.1)_\($0.output.2)" }
      .lowercased()
  }
}

/// What is known of the outputs that a metric reads.
struct KerasOutputs {
  /// The shape of one output.
  let shape: Shape
  let meaning: OutputMeaning?

  var isSingle: Bool { shape == [1] }
  /// Whether outputs are numbers for each class, and no images.
  var isRow: Bool { shape.rank == 1 }
  var classCount: Int { shape.first ?? 1 }
  /// Keras compares logits with thresholds between 0 and 1, Kilim does not.
  var isLogits: Bool { meaning?.isLogits == true }
}
