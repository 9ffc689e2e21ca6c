/// Why a picture cannot be drawn or written.
public enum DrawingError: Error, Hashable, CustomStringConvertible {
  /// The extension of the file name is not `.png`, `.svg` or `.pdf`.
  case unknownExtension(path: String)
  /// The extension of the file name is not that of the canvas's format.
  case formatMismatch(path: String, canvas: PictureFormat)
  /// A side of the canvas is shorter than one pixel, or longer than cairo allows.
  case invalidSize(width: Double, height: Double)
  /// A PNG would have more pixels than the limit.
  case tooManyPixels(width: Int, height: Int, limit: Int)
  /// cairo reported an error; `reason` is its message.
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
    case .tooManyPixels(let width, let height, let limit):
      return
        "a picture of \(width) x \(height) pixels needs \(width * height / 250_000) MB; the limit is \(limit) pixels"
    case .cairo(let operation, let reason):
      return "\(operation): \(reason)"
    }
  }
}
