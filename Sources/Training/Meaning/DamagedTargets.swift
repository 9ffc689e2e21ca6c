/// What a model stores about its targets cannot be used, as in a damaged file.
public struct DamagedTargets: Error, Hashable, CustomStringConvertible {
  /// What was found and what was expected.
  public let reason: String

  /// The reason, and what can be done.
  public var description: String {
    "what the model stores about its targets cannot be used: \(reason); set model.targetMeaning to what its outputs stand for"
  }
}
