/// Numbers of images, rows or columns at both ends of an axis of a volume.
public struct VolumeEnds: Hashable, Sendable, ExpressibleByIntegerLiteral {
  /// Before the first.
  public var before: Int
  /// Behind the last.
  public var after: Int

  /// Makes the numbers.
  public init(before: Int, after: Int) { (self.before, self.after) = (before, after) }

  /// The same number at both ends.
  public init(integerLiteral both: Int) { self.init(before: both, after: both) }
}
