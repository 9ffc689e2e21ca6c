import NN
import Serialization

/// A loss that Keras has too.
protocol KerasLoss: Loss {
  /// The name of Keras's class.
  static var kerasClass: String { get }
  /// The name under which Keras knows it with all options at their defaults.
  static var kerasName: String { get }
  /// The options that differ from Keras's defaults.
  var kerasOptions: [String: JSON] { get }
  /// Reads the options.
  init(keras options: inout KerasOptions) throws(ModelFileError.Problem)
}

extension KerasLoss {
  /// The loss as Keras writes it: by its name, or as an object where an option differs from its default.
  var json: JSON {
    kerasOptions.isEmpty
      ? .string(Self.kerasName) : JSON(kerasObject: Self.kerasClass, of: "keras.losses", kerasOptions)
  }
}

extension CategoricalCrossEntropy: KerasLoss {
  static var kerasClass: String { "CategoricalCrossentropy" }
  static var kerasName: String { "categorical_crossentropy" }
  var kerasOptions: [String: JSON] { crossEntropyOptions(fromLogits, labelSmoothing) }

  init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(
      fromLogits: try options.bool("from_logits", default: false),
      labelSmoothing: try options.number("label_smoothing", default: 0))
  }
}

extension BinaryCrossEntropy: KerasLoss {
  static var kerasClass: String { "BinaryCrossentropy" }
  static var kerasName: String { "binary_crossentropy" }
  var kerasOptions: [String: JSON] { crossEntropyOptions(fromLogits, labelSmoothing) }

  init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(
      fromLogits: try options.bool("from_logits", default: false),
      labelSmoothing: try options.number("label_smoothing", default: 0))
  }
}

extension SparseCategoricalCrossEntropy: KerasLoss {
  static var kerasClass: String { "SparseCategoricalCrossentropy" }
  static var kerasName: String { "sparse_categorical_crossentropy" }

  var kerasOptions: [String: JSON] {
    var options = crossEntropyOptions(fromLogits, 0)
    options["ignore_class"] = ignoreClass.map { JSON($0) }
    return options
  }

  init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(
      fromLogits: try options.bool("from_logits", default: false),
      ignoreClass: try options.optionalCount("ignore_class", atLeast: .min))
  }
}

extension CategoricalFocalCrossEntropy: KerasLoss {
  static var kerasClass: String { "CategoricalFocalCrossentropy" }
  static var kerasName: String { "categorical_focal_crossentropy" }

  var kerasOptions: [String: JSON] {
    var options = crossEntropyOptions(fromLogits, labelSmoothing)
    if alpha != [0.25] { options["alpha"] = alpha.count == 1 ? JSON(alpha[0]) : .array(alpha.map { JSON($0) }) }
    if gamma != 2 { options["gamma"] = JSON(gamma) }
    return options
  }

  init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(
      alpha: try options.numberOrNumbers("alpha", default: 0.25),
      gamma: Float(try options.double("gamma", default: 2, in: 0..<Double.infinity)),
      fromLogits: try options.bool("from_logits", default: false),
      labelSmoothing: try options.number("label_smoothing", default: 0))
  }
}

extension BinaryFocalCrossEntropy: KerasLoss {
  static var kerasClass: String { "BinaryFocalCrossentropy" }
  static var kerasName: String { "binary_focal_crossentropy" }

  var kerasOptions: [String: JSON] {
    var options = crossEntropyOptions(fromLogits, labelSmoothing)
    if applyClassBalancing { options["apply_class_balancing"] = true }
    if alpha != 0.25 { options["alpha"] = JSON(alpha) }
    if gamma != 2 { options["gamma"] = JSON(gamma) }
    return options
  }

  init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(
      applyClassBalancing: try options.bool("apply_class_balancing", default: false),
      alpha: try options.number("alpha", default: 0.25),
      gamma: Float(try options.double("gamma", default: 2, in: 0..<Double.infinity)),
      fromLogits: try options.bool("from_logits", default: false),
      labelSmoothing: try options.number("label_smoothing", default: 0))
  }
}

extension Huber: KerasLoss {
  static var kerasClass: String { "Huber" }
  static var kerasName: String { "huber" }
  // Keras's own files leave delta out; Keras reads it all the same.
  var kerasOptions: [String: JSON] { delta == 1 ? [:] : ["delta": JSON(delta)] }

  init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(delta: Float(try options.double("delta", default: 1, in: 0..<Double.infinity)))
  }
}

/// A loss without options.
protocol PlainKerasLoss: KerasLoss {
  init()
}

extension PlainKerasLoss {
  var kerasOptions: [String: JSON] { [:] }

  init(keras options: inout KerasOptions) throws(ModelFileError.Problem) { self.init() }
}

extension MeanSquaredError: PlainKerasLoss {
  static var kerasClass: String { "MeanSquaredError" }
  static var kerasName: String { "mean_squared_error" }
}

extension MeanAbsoluteError: PlainKerasLoss {
  static var kerasClass: String { "MeanAbsoluteError" }
  static var kerasName: String { "mean_absolute_error" }
}

extension MeanAbsolutePercentageError: PlainKerasLoss {
  static var kerasClass: String { "MeanAbsolutePercentageError" }
  static var kerasName: String { "mean_absolute_percentage_error" }
}

extension MeanSquaredLogarithmicError: PlainKerasLoss {
  static var kerasClass: String { "MeanSquaredLogarithmicError" }
  static var kerasName: String { "mean_squared_logarithmic_error" }
}

extension LogCosh: PlainKerasLoss {
  static var kerasClass: String { "LogCosh" }
  static var kerasName: String { "log_cosh" }
}

extension Poisson: PlainKerasLoss {
  static var kerasClass: String { "Poisson" }
  static var kerasName: String { "poisson" }
}

extension Hinge: PlainKerasLoss {
  static var kerasClass: String { "Hinge" }
  static var kerasName: String { "hinge" }
}

extension SquaredHinge: PlainKerasLoss {
  static var kerasClass: String { "SquaredHinge" }
  static var kerasName: String { "squared_hinge" }
}

extension CategoricalHinge: PlainKerasLoss {
  static var kerasClass: String { "CategoricalHinge" }
  static var kerasName: String { "categorical_hinge" }
}

extension KLDivergence: PlainKerasLoss {
  static var kerasClass: String { "KLDivergence" }
  static var kerasName: String { "kl_divergence" }
}

extension CosineSimilarity: PlainKerasLoss {
  static var kerasClass: String { "CosineSimilarity" }
  static var kerasName: String { "cosine_similarity" }
}

private func crossEntropyOptions(_ fromLogits: Bool, _ labelSmoothing: Float) -> [String: JSON] {
  var options: [String: JSON] = [:]
  if fromLogits { options["from_logits"] = true }
  if labelSmoothing > 0 { options["label_smoothing"] = JSON(labelSmoothing) }
  return options
}

/// What is read: how each loss of Keras becomes one of Kilim.
enum KerasLosses {
  private static let losses: [any KerasLoss.Type] = [
    CategoricalCrossEntropy.self, BinaryCrossEntropy.self, SparseCategoricalCrossEntropy.self, MeanSquaredError.self,
    MeanAbsoluteError.self, MeanAbsolutePercentageError.self, MeanSquaredLogarithmicError.self, Huber.self,
    LogCosh.self,
    Poisson.self, Hinge.self, SquaredHinge.self, CategoricalHinge.self, KLDivergence.self, CosineSimilarity.self,
    CategoricalFocalCrossEntropy.self, BinaryFocalCrossEntropy.self,
  ]

  /// Makes the loss that a compile configuration names or describes.
  static func loss(_ json: JSON) throws(ModelFileError.Problem) -> any KerasLoss {
    if json == .null { throw .unsupported(found: "a model compiled without a loss", expected: names) }
    // A model with one output may have its loss in a list, or under the name of the output.
    if let parts = json.elements, parts.count == 1 { return try loss(parts[0]) }
    if let parts = json.members, parts.count == 1, json["class_name"] == nil, let part = parts.values.first {
      return try loss(part)
    }
    // A loss given as a function is kept as an object whose configuration is its name.
    let isFunction = json["class_name"] == "function"
    guard let kind = json.text ?? (isFunction ? json["config"] : json["class_name"])?.text,
      let type = losses.first(where: { $0.kerasClass == kind || $0.kerasName == (shortNames[kind] ?? kind) }),
      let table = KerasTables.losses[type.kerasClass]
    else {
      throw .unsupported(found: "the loss \(isFunction ? json["config"] ?? json : json)", expected: names)
    }
    if isFunction, ![nil, .null, "function", .string(kind)].contains(json["registered_name"]) {
      throw .unsupported(found: "the loss \(kind) as a function of its own", expected: names)
    }
    if !isFunction, let foreign = json.foreignClass { throw .unsupported(found: foreign, expected: "a loss of Keras") }
    var options = KerasOptions(of: json, table, for: .training)
    try options.require("fn", oneOf: [.string(type.kerasName)])
    let loss = try type.init(keras: &options)
    _ = try options.finish()
    return loss
  }

  /// Other names under which versions of Keras know losses and the metrics that measure them.
  static let shortNames = [
    "mse": "mean_squared_error", "mae": "mean_absolute_error", "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error", "MSE": "mean_squared_error", "MAE": "mean_absolute_error",
    "MAPE": "mean_absolute_percentage_error", "MSLE": "mean_squared_logarithmic_error",
    "bce": "binary_crossentropy", "BCE": "binary_crossentropy", "kld": "kl_divergence", "KLD": "kl_divergence",
    "kullback_leibler_divergence": "kl_divergence", "logcosh": "log_cosh",
  ]

  private static var names: String { losses.map { $0.kerasName }.sorted().joined(separator: ", ") }
}
