/// What the numbers of an input were made from.
public enum InputMeaning: Hashable, Codable, Sendable {
  /// Photos, converted in this way.
  case photos(Preprocessing)
  /// The outputs of a backbone.
  case features(FeatureOrigin)

  /// How photos are converted; `nil` for other inputs.
  package var preprocessing: Preprocessing? { if case .photos(let preprocessing) = self { preprocessing } else { nil } }
}

/// What features were made by: a backbone with its weights, and a preprocessing of photos. Features of different origins
/// have nothing in common, even if their shapes agree.
public struct FeatureOrigin: Hashable, Codable, Sendable {
  /// A checksum of the layers of the backbone, their options and weights.
  public let backbone: UInt64
  /// How photos were converted to inputs of the backbone; `nil` if its inputs were not made from photos.
  public let preprocessing: Preprocessing?

  package init(backbone: UInt64, preprocessing: Preprocessing?) {
    self.backbone = backbone
    self.preprocessing = preprocessing
  }
}
