/// Why a picture could not be drawn or written.
public enum DrawingError: Error, Hashable, CustomStringConvertible {
  /// The file name does not say whether it shall be a PNG, an SVG or a PDF.
  case unknownExtension(path: String)
  /// The file name asks for another format than the canvas was made for.
  case formatMismatch(path: String, canvas: PictureFormat)
  /// The canvas was to have no area, or one too large for cairo.
  case invalidSize(width: Double, height: Double)
  /// cairo refused; `reason` is its own word.
  case cairo(operation: String, reason: String)

  /// A sentence for the user.
  public var description: String {
    switch self {
    case .unknownExtension(let path):
      let known = PictureFormat.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
      return "\(path): the file name must end in one of \(known)"
    case .formatMismatch(let path, let canvas):
      return
        "\(path): this canvas makes \(canvas.rawValue.uppercased()), and the file name must end in .\(canvas.rawValue)"
    case .invalidSize(let width, let height):
      return
        "cannot draw on \(width) x \(height): both must be at least 1 and at most \(Int(Canvas.largestSide)) pixels"
    case .cairo(let operation, let reason):
      return "\(operation): \(reason)"
    }
  }
}
