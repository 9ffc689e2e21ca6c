import Data

/// What features were made by: a backbone with its weights, and a preprocessing of photos. Features of different origins
/// have nothing in common, even if their shapes agree.
public struct FeatureOrigin: Hashable, Codable, Sendable {
  /// A checksum of the layers of the backbone, their options and weights.
  public let backbone: UInt64
  /// How photos were converted to inputs of the backbone; `nil` if its inputs were not made from photos.
  public let preprocessing: Preprocessing?
}

/// Features that were made by different backbones, or of differently prepared photos.
public struct DifferentFeatures: Hashable, Sendable, CustomStringConvertible {
  /// The name of the first side, such as "the validation data".
  public let first: String
  /// Where its features come from.
  public let firstOrigin: FeatureOrigin
  /// The name of the second side.
  public let second: String
  /// Where its features come from.
  public let secondOrigin: FeatureOrigin

  /// Both sides with the checksums of their backbones, or with the preprocessing that differs.
  public var description: String {
    func name(_ origin: FeatureOrigin) -> String { String(origin.backbone, radix: 16) }
    guard firstOrigin.backbone == secondOrigin.backbone else {
      return "the features of \(first) and of \(second) come from different backbones, or from one whose weights have "
        + "changed in between (checksums \(name(firstOrigin)) and \(name(secondOrigin)))"
    }
    if let preprocessing = firstOrigin.preprocessing, let other = secondOrigin.preprocessing {
      return DifferentPreprocessing(
        first: first, firstPreprocessing: preprocessing, second: second, secondPreprocessing: other
      ).description
    }
    return "the features of one of \(first) and \(second) are made of photos, those of the other are not"
  }
}
