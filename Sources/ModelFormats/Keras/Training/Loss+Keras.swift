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
  var kerasOptions: [String: JSON] { crossEntropyOptions(fromLogits, 0) }

  init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(fromLogits: try options.bool("from_logits", default: false))
  }
}

extension MeanSquaredError: KerasLoss {
  static var kerasClass: String { "MeanSquaredError" }
  static var kerasName: String { "mean_squared_error" }
  var kerasOptions: [String: JSON] { [:] }

  init(keras options: inout KerasOptions) throws(ModelFileError.Problem) { self.init() }
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
      let type = losses.first(where: { $0.kerasClass == kind || $0.kerasName == kind || $0.otherNames.contains(kind) }),
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

  private static var names: String { losses.map { $0.kerasName }.sorted().joined(separator: ", ") }
}

extension KerasLoss {
  /// Other names under which Keras knows the loss.
  fileprivate static var otherNames: [String] { self == MeanSquaredError.self ? ["mse", "MSE"] : [] }
}
