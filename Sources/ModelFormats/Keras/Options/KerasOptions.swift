import NN
import Serialization
import Tensor

/// The options of one object in `config.json`, a layer or an optimizer, taken out one by one.
///
/// What is left over in the end, and is neither empty nor known to leave the meaning alone, would change what the
/// object does: it is refused by name rather than overlooked.
struct KerasOptions {
  private var rest: [String: JSON]

  /// Options that matter for training in Keras alone, or say nothing.
  private static let harmless: Set<String> = [
    "name", "trainable", "seed", "noise_shape", "synchronized", "renorm_momentum", "batch_input_shape",
    "kernel_initializer", "bias_initializer", "beta_initializer", "gamma_initializer", "depthwise_initializer",
    "pointwise_initializer", "moving_mean_initializer", "moving_variance_initializer",
    "bias_regularizer", "activity_regularizer", "beta_regularizer", "gamma_regularizer",
    "kernel_constraint", "bias_constraint", "beta_constraint", "gamma_constraint",
    "depthwise_constraint", "pointwise_constraint",
  ]

  /// Policies whose variables are plain numbers; those of quantized layers are not.
  private static let numberTypes: [JSON] = [
    "float16", "bfloat16", "float32", "float64", "mixed_float16", "mixed_bfloat16",
  ]

  init(_ options: [String: JSON]) {
    rest = options
  }

  /// Takes any value.
  mutating func take(_ key: String) -> JSON? { rest.removeValue(forKey: key) }

  /// Passes over options that leave the meaning alone.
  mutating func ignore(_ keys: [String]) {
    for key in keys { rest.removeValue(forKey: key) }
  }

  /// Takes an integer above zero.
  mutating func count(_ key: String, default fallback: Int? = nil) throws(ModelFileError.Problem) -> Int {
    let value = rest.removeValue(forKey: key)
    if let count = value?.count ?? (value == nil ? fallback : nil) { return count }
    throw unsupported(key, value, expected: "an integer above zero")
  }

  /// Takes a height and a width; a single integer stands for both.
  mutating func size(_ key: String, default fallback: Size? = nil) throws(ModelFileError.Problem) -> Size {
    let value = rest.removeValue(forKey: key)
    if case .array(let values) = value, values.count == 2, let height = values[0].count, let width = values[1].count {
      return Size(height: height, width: width)
    }
    if let side = value?.count { return Size(side) }
    if let fallback, value == nil || value == .null { return fallback }
    throw unsupported(key, value, expected: "one or two integers above zero")
  }

  /// Takes a number.
  mutating func number(_ key: String, default fallback: Float) throws(ModelFileError.Problem) -> Float {
    switch rest.removeValue(forKey: key) {
    case nil, .null: return fallback
    case .number(let value): return Float(value)
    case let value: throw unsupported(key, value, expected: "a number")
    }
  }

  /// Takes a number in double precision, within `range`.
  mutating func double(
    _ key: String, default fallback: Double, in range: Range<Double>
  ) throws(ModelFileError.Problem) -> Double {
    switch rest.removeValue(forKey: key) {
    case nil, .null: return fallback
    case .number(let value) where range.contains(value): return value
    case let value: throw unsupported(key, value, expected: "a number in \(range)")
    }
  }

  /// Takes a number of 0 or more that must be there.
  mutating func rate(_ key: String) throws(ModelFileError.Problem) -> Double {
    let rate = try double(key, default: -1, in: 0..<Double.infinity)
    guard rate >= 0 else { throw unsupported(key, nil, expected: "a number") }
    return rate
  }

  /// Takes a list of numbers.
  mutating func numbers(_ key: String) throws(ModelFileError.Problem) -> [Double] {
    let value = rest.removeValue(forKey: key)
    var numbers: [Double] = []
    for element in value?.elements ?? [] {
      if case .number(let number) = element { numbers.append(number) }
    }
    guard numbers.count == value?.elements?.count else { throw unsupported(key, value, expected: "a list of numbers") }
    return numbers
  }

  /// Takes a truth value.
  mutating func bool(_ key: String, default fallback: Bool) throws(ModelFileError.Problem) -> Bool {
    switch rest.removeValue(forKey: key) {
    case nil, .null: return fallback
    case .bool(let value): return value
    case let value: throw unsupported(key, value, expected: "true or false")
    }
  }

  /// Takes one of a few words.
  mutating func word<Word>(
    _ key: String, default fallback: Word, of words: [String: Word]
  ) throws(ModelFileError.Problem) -> Word {
    let value = rest.removeValue(forKey: key)
    if value == nil || value == .null { return fallback }
    if case .string(let name) = value, let word = words[name] { return word }
    throw unsupported(key, value, expected: words.keys.sorted().joined(separator: ", "))
  }

  /// Takes an option that has to be one of the given values, or absent.
  mutating func require(_ key: String, oneOf values: [JSON]) throws(ModelFileError.Problem) {
    guard let value = rest.removeValue(forKey: key), value != .null, !values.contains(value) else { return }
    throw unsupported(key, value, expected: values.map(\.description).joined(separator: " or "))
  }

  /// Takes the rate of an L2 penalty, 0 where there is none; other penalties, which matter in training alone, are
  /// passed over.
  mutating func l2(_ key: String) -> Float {
    let value = rest.removeValue(forKey: key)
    guard value?["class_name"] == "L2", case .number(let rate) = value?["config"]?["l2"] else { return 0 }
    return Float(rate)
  }

  /// Takes how a weight gets its first value, which matters only where a model is made anew; Keras's default where
  /// Kilim lacks it.
  mutating func initializer(_ key: String) -> Initializer {
    let value = rest.removeValue(forKey: key)
    if value?["class_name"] == "Constant", case .number(let number) = value?["config"]?["value"] {
      return .constant(Float(number))
    }
    return value?["class_name"]?.text.flatMap { Initializer.kerasClasses[$0] } ?? .glorotUniform
  }

  /// Refuses what is left over.
  mutating func finish() throws(ModelFileError.Problem) {
    let type = rest.removeValue(forKey: "dtype")
    if let name = type?["config"]?["name"] ?? type, name != .null, !Self.numberTypes.contains(name) {
      throw unsupported("dtype", name, expected: "float32")
    }
    for (key, value) in rest.sorted(by: { $0.key < $1.key }) {
      if Self.harmless.contains(key) || value == .null || value == .bool(false) { continue }
      throw unsupported(key, value, expected: "a layer without it")
    }
  }

  private func unsupported(_ key: String, _ value: JSON?, expected: String) -> ModelFileError.Problem {
    .unsupported(found: "\(key) = \(value?.description ?? "nothing")", expected: expected)
  }
}

extension KerasOptions {
  /// Takes an activation; Keras names it, or leaves it out for none.
  mutating func activation() throws(ModelFileError.Problem) -> Activation {
    try word("activation", default: .linear, of: Activation.kerasNames)
  }

  /// Takes a padding.
  mutating func padding() throws(ModelFileError.Problem) -> Padding {
    try word("padding", default: .valid, of: ["valid": .valid, "same": .same])
  }

  /// Accepts images whose channels come last, Keras's default on a CPU.
  mutating func requireChannelsLast() throws(ModelFileError.Problem) {
    try require("data_format", oneOf: ["channels_last"])
  }
}
