/// What happens to the proportions of a photo when it is brought to the size of an input.
public enum Framing: String, Hashable, Codable, Sendable, CaseIterable {
  /// The whole photo fills the input; its proportions are given up.
  case stretch
  /// The largest part in the middle that has the proportions of the input fills it: Pillow's `ImageOps.fit`.
  case cropToFill
  /// The whole photo keeps its proportions; what it leaves free at two sides is background: Pillow's `ImageOps.pad`.
  case padToFit
}
