import Data

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
