import NN
import Serialization

extension Initializer {
  /// The initializers without options, by the names of their classes.
  private static let kerasClasses: [String: Initializer] = [
    "GlorotUniform": .glorotUniform, "GlorotNormal": .glorotNormal, "HeUniform": .heUniform, "HeNormal": .heNormal,
    "LecunUniform": .lecunUniform, "LecunNormal": .lecunNormal, "Zeros": .zeros, "Ones": .ones,
  ]
  private static let kerasFans: [String: Fan] = ["fan_in": .in, "fan_out": .out, "fan_avg": .average]
  private static let kerasDistributions: [String: Distribution] = [
    "uniform": .uniform, "truncated_normal": .truncatedNormal, "normal": .truncatedNormal,
    "untruncated_normal": .normal,
  ]

  /// Reads how a weight gets its first value. The seed has no meaning here.
  ///
  /// - Returns: `nil` for one that Kilim lacks.
  init?(keras json: JSON) {
    guard json.foreignClass == nil, let kind = json["class_name"]?.text else { return nil }
    var options = (json["config"]?.members ?? [:]).filter { $0.key != "seed" && $0.value != .null }
    func number(_ key: String, default fallback: Float? = nil) -> Float? {
      switch options.removeValue(forKey: key) {
      case nil: fallback
      case .number(let number) where Float(number).isFinite: Float(number)
      default: nil
      }
    }
    func word<Word>(_ key: String, default fallback: Word, of words: [String: Word]) -> Word? {
      guard let value = options.removeValue(forKey: key) else { return fallback }
      return value.text.flatMap { words[$0] }
    }
    switch kind {
    case "Constant":
      guard let value = number("value", default: 0) else { return nil }
      self = .constant(value)
    case "RandomUniform":
      guard let low = number("minval", default: -0.05), let high = number("maxval", default: 0.05) else { return nil }
      self = .uniform(low: low, high: high)
    case "RandomNormal", "TruncatedNormal":
      guard let mean = number("mean", default: 0), let deviation = number("stddev", default: 0.05) else { return nil }
      self =
        kind == "RandomNormal"
        ? .normal(mean: mean, standardDeviation: deviation) : .truncatedNormal(mean: mean, standardDeviation: deviation)
    case "VarianceScaling":
      guard let scale = number("scale", default: 1), scale > 0,
        let fan = word("mode", default: .in, of: Self.kerasFans),
        let distribution = word("distribution", default: .truncatedNormal, of: Self.kerasDistributions)
      else { return nil }
      self = .varianceScaling(scale: scale, fan: fan, distribution: distribution)
    case "Orthogonal", "OrthogonalInitializer", "Identity", "IdentityInitializer":
      guard let gain = number("gain", default: 1) else { return nil }
      self = kind.hasPrefix("Orthogonal") ? .orthogonal(gain: gain) : .identity(gain: gain)
    default:
      guard let known = Self.kerasClasses[kind] else { return nil }
      self = known
    }
    guard options.isEmpty else { return nil }
  }
}

extension JSON {
  /// Keras's description of how a weight gets its first value.
  init(_ initializer: Initializer) {
    let (name, options): (String, [String: JSON]) =
      switch initializer {
      case .glorotUniform: ("GlorotUniform", [:])
      case .glorotNormal: ("GlorotNormal", [:])
      case .heUniform: ("HeUniform", [:])
      case .heNormal: ("HeNormal", [:])
      case .lecunUniform: ("LecunUniform", [:])
      case .lecunNormal: ("LecunNormal", [:])
      case .zeros: ("Zeros", [:])
      case .ones: ("Ones", [:])
      case .constant(let value): ("Constant", ["value": JSON(value)])
      case .uniform(let low, let high): ("RandomUniform", ["minval": JSON(low), "maxval": JSON(high)])
      case .normal(let mean, let deviation): ("RandomNormal", ["mean": JSON(mean), "stddev": JSON(deviation)])
      case .truncatedNormal(let mean, let deviation):
        ("TruncatedNormal", ["mean": JSON(mean), "stddev": JSON(deviation)])
      case .varianceScaling(let scale, let fan, let distribution):
        (
          "VarianceScaling",
          ["scale": JSON(scale), "mode": fan.kerasName, "distribution": distribution.kerasName]
        )
      // Keras 3.0 does not know the name `Orthogonal`, later versions know both.
      case .orthogonal(let gain): ("OrthogonalInitializer", ["gain": JSON(gain)])
      // Keras leaves the usual gain out.
      case .identity(let gain): ("Identity", gain == 1 ? [:] : ["gain": JSON(gain)])
      }
    self = JSON(kerasObject: name, of: "keras.initializers", options)
  }
}

extension Initializer.Fan {
  fileprivate var kerasName: JSON {
    switch self {
    case .in: "fan_in"
    case .out: "fan_out"
    case .average: "fan_avg"
    }
  }
}

extension Initializer.Distribution {
  fileprivate var kerasName: JSON {
    switch self {
    case .uniform: "uniform"
    case .truncatedNormal: "truncated_normal"
    case .normal: "untruncated_normal"
    }
  }
}

extension KerasOptions {
  /// Takes how a weight gets its first value, which matters only where a model is made anew. One that Kilim lacks is left
  /// for ``finish()``, and Keras's default takes its place.
  ///
  /// - Parameter isOnMatrix: whether the weight has two axes, as an identity needs.
  mutating func initializer(
    _ key: String, default fallback: Initializer = .glorotUniform, isOnMatrix: Bool = false
  ) -> Initializer {
    guard let initializer = peek(key).flatMap({ Initializer(keras: $0) }) else { return fallback }
    if case .identity = initializer, !isOnMatrix { return fallback }
    _ = take(key)
    return initializer
  }
}
