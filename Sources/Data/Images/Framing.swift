/// What happens to the proportions of a photo when it is resized to the size of an input.
public enum Framing: String, Hashable, Codable, Sendable, CaseIterable {
  /// The whole photo fills the input; its proportions change.
  case stretch
  /// The largest centred part with the proportions of the input fills it: Pillow's `ImageOps.fit`.
  case cropToFill
  /// The whole photo keeps its proportions; two sides are filled with background: Pillow's `ImageOps.pad`.
  case padToFit
}
