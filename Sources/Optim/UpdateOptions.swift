import Autograd
import Tensor

/// What an optimizer does around its rule, beside weight decay and clipping. By default nothing.
public struct UpdateOptions: Hashable, Sendable {
  /// Factors on the learning rate of the parameters below a dotted path.
  ///
  /// `["backbone": 0.1]` is for `backbone.conv2d.weight` and not for `backbone2.weight`. If several paths match, the longest
  /// one applies. Weight decay is scaled too, since it takes off α λ w with the learning rate α of the parameter.
  public var scales: [String: Double]
  /// The parameters without weight decay.
  public var decayExclusions: [DecayExclusion]
  /// The running average of the weights; `nil` for none.
  public var average: WeightAverage?
  /// The number of batches whose mean gradient makes one step.
  ///
  /// With equal batches the result is that of one large batch, up to rounding. The parameters change in every n-th call
  /// of `update`; the learning rate follows the calls, as in Keras.
  public var gradientAccumulationSteps: Int

  /// Makes the options.
  public init(
    scales: [String: Double] = [:], decayExclusions: [DecayExclusion] = [], average: WeightAverage? = nil,
    gradientAccumulationSteps: Int = 1
  ) {
    self.scales = scales
    self.decayExclusions = decayExclusions
    self.average = average
    self.gradientAccumulationSteps = gradientAccumulationSteps
  }
}

/// Parameters without weight decay, as Keras's `exclude_from_weight_decay`. A text literal means ``path(_:)``.
public enum DecayExclusion: Hashable, Sendable, ExpressibleByStringLiteral {
  /// Parameters with this text between two dots of their name: `"bias"` for `dense.bias`, `"backbone.norm"` for
  /// `backbone.norm.scale`, neither for `backbone.norm2.scale`.
  case path(String)
  /// Parameters with at most one axis: biases, and the scales and offsets of normalizations.
  case vectors

  /// Makes ``path(_:)``.
  public init(stringLiteral path: String) {
    self = .path(path)
  }
}

/// Why scales or decay exclusions do not fit the parameters of a model.
public struct UpdateOptionsError: Error, Equatable, CustomStringConvertible {
  /// The option: `scales` or `decayExclusions`.
  public let option: String
  /// The path for which there is no parameter.
  public let path: String
  /// The names of the parameters.
  public let names: [String]

  /// The unknown path, and the names that exist.
  public var description: String {
    let known = names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", … (\(names.count) in all)" : "")
    return "\(option): no parameter belongs to \"\(path)\"; the parameters are \(known)"
  }
}

/// How the options treat one parameter.
struct ParameterRule {
  /// The factor on the learning rate.
  var scale = 1.0
  /// Whether weight decay is applied.
  var decays = true
}

extension UpdateOptions {
  /// Whether the options name parameters.
  var needsNames: Bool {
    !scales.isEmpty || decayExclusions.contains { $0 != .vectors }
  }

  /// The rules for parameters without names. Valid only where no option names parameters.
  func rules(for parameters: [Parameter]) -> [ParameterRule] {
    let excludesVectors = decayExclusions.contains(.vectors)
    return parameters.map { ParameterRule(decays: !(excludesVectors && $0.value.shape.rank <= 1)) }
  }

  /// The rules for parameters by their dotted names.
  ///
  /// - Throws: the error for a path that matches no parameter.
  func rules(
    for parameters: [(name: String, parameter: Parameter)]
  ) throws(UpdateOptionsError) -> [ParameterRule] {
    var rules = rules(for: parameters.map(\.parameter))
    guard needsNames else { return rules }
    let names = parameters.map { ".\($0.name)." }
    func check(_ option: String, _ path: String, _ isFound: Bool) throws(UpdateOptionsError) {
      guard !isFound else { return }
      throw UpdateOptionsError(option: option, path: path, names: parameters.map(\.name))
    }
    // The shortest path first: longer ones replace its scale.
    for (path, scale) in scales.sorted(by: { $0.key.utf8.count < $1.key.utf8.count }) {
      let found = names.indices.filter { names[$0].hasPrefix(".\(path).") }
      try check("scales", path, !found.isEmpty)
      for index in found { rules[index].scale = scale }
    }
    for case .path(let path) in decayExclusions {
      let found = names.indices.filter { names[$0].contains(".\(path).") }
      try check("decayExclusions", path, !found.isEmpty)
      for index in found { rules[index].decays = false }
    }
    return rules
  }
}
