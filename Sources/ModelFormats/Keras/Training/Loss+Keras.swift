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
    try options.require("axis", oneOf: [.number(-1)])
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
    try options.require("axis", oneOf: [.number(-1)])
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
    try options.require("axis", oneOf: [.number(-1)])
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
    // A loss given as a function is kept as an object whose configuration is its name.
    var name = json.text ?? json["config"]?.text
    if name?.lowercased() == "mse" { name = MeanSquaredError.kerasName }
    let kind = json["class_name"]?.text
    guard let type = losses.first(where: { $0.kerasName == name || $0.kerasClass == name || $0.kerasClass == kind })
    else {
      throw .unsupported(
        found: "the loss \(name.map(JSON.string) ?? json)",
        expected: losses.map { $0.kerasName }.sorted().joined(separator: ", "))
    }
    var options = KerasOptions(json["config"]?.members ?? [:])
    try options.require("reduction", oneOf: ["sum_over_batch_size", "mean", "auto"])
    try options.require("fn", oneOf: [.string(type.kerasName)])
    let loss = try type.init(keras: &options)
    try options.finish()
    return loss
  }
}
