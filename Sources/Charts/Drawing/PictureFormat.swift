/// The file format of a canvas.
public enum PictureFormat: String, CaseIterable, Hashable, Sendable {
  /// Pixels with lossless compression.
  case png
  /// Lines and curves for the web.
  case svg
  /// Lines and curves for print, on one page.
  case pdf

  /// The format of the extension of `path`, in upper or lower case.
  ///
  /// - Throws: `DrawingError.unknownExtension` for any other.
  public init(path: String) throws {
    let name = path.split(separator: "/").last ?? ""
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count > 1, let format = parts.last.flatMap({ PictureFormat(rawValue: $0.lowercased()) }) else {
      throw DrawingError.unknownExtension(path: path)
    }
    self = format
  }
}
