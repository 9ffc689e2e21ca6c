/// What to do with a file that is no image, is damaged or is too large.
public enum UnreadablePolicy: String, Hashable, Codable, Sendable, CaseIterable {
  /// The first such file, in the order of paths, is thrown as an ``ImageError``.
  case throwing
  /// Such files are left out and listed with what was found in them.
  case skipping
  /// The decoded part of a damaged file is used; a file without a picture is left out. Both are listed.
  case accepting
}
