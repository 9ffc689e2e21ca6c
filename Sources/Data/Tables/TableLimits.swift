/// The largest table to read.
public struct TableLimits: Hashable, Sendable {
  /// The most bytes of the file.
  public var bytes: Int
  /// The most bytes of a row.
  public var rowBytes: Int
  /// The most columns.
  public var columns: Int

  /// Files of 2 GiB, rows of 1 MiB and 10,000 columns.
  public static let standard = TableLimits(bytes: 2 << 30, rowBytes: 1 << 20, columns: 10_000)

  /// Makes limits.
  public init(bytes: Int, rowBytes: Int, columns: Int) {
    self.bytes = bytes
    self.rowBytes = rowBytes
    self.columns = columns
  }
}
