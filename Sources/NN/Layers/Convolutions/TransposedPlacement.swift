import Tensor

/// Where a transposed convolution puts its result: the convolution that goes the other way.
struct TransposedPlacement {
  /// Height and width of the result.
  let output: Size
  /// The window of a convolution from the result to the input.
  let window: Window

  /// `nil` where nothing is left of the result.
  init?(_ window: Window, _ outputPadding: Size?, height: Int, width: Int) {
    let (size, stride, dilation) = (window.size, window.stride, window.dilation)
    let (vertical, horizontal) = window.padding.lines
    guard
      let rows = Line(height, size.height, stride.height, dilation.height, vertical, outputPadding?.height),
      let columns = Line(width, size.width, stride.width, dilation.width, horizontal, outputPadding?.width)
    else { return nil }
    output = Size(height: rows.length, width: columns.length)
    self.window = Window(
      size, stride: stride, dilation: dilation,
      padding: .explicit(top: rows.before, bottom: rows.after, left: columns.before, right: columns.after))
  }

  /// One axis.
  private struct Line {
    /// The length of the result, and what is cut off the full one on both sides.
    let length, before, after: Int

    init?(_ input: Int, _ size: Int, _ stride: Int, _ dilation: Int, _ padding: LinePadding, _ added: Int?) {
      let sensible = 1...Int(Int32.max)
      guard [input, size, stride, dilation].allSatisfy(sensible.contains), (0..<stride).contains(added ?? 0) else {
        return nil
      }
      let kernel = (size - 1) * dilation + 1
      let full = (input - 1) * stride + kernel
      switch padding {
      case .valid:
        before = 0
        length = full + (added ?? max(stride - kernel, 0))
      case .same:
        // As in Keras: what is left of kernel - 1 elements before the first one is cut off.
        let kept = added.map { kernel + kernel % 2 - 2 + $0 } ?? stride + kernel - 2
        before = kernel - 1 - min((kept + 1) / 2, kernel - 1)
        length = full - 2 * (kernel - 1) + kept
      case .explicit(let first, let last):
        guard first >= 0, last >= 0, first < full, last < full else { return nil }
        before = first
        length = full - first - last + (added ?? 0)
      }
      after = max(full - before - length, 0)
      // A convolution needs its whole window.
      guard length >= 1, length + before + after >= kernel else { return nil }
    }
  }
}

/// The padding along one axis.
private enum LinePadding {
  case valid, same
  case explicit(Int, Int)
}

extension Padding {
  /// The padding along rows and along columns.
  fileprivate var lines: (vertical: LinePadding, horizontal: LinePadding) {
    switch self {
    case .valid: (.valid, .valid)
    case .same: (.same, .same)
    case .explicit(let top, let bottom, let left, let right): (.explicit(top, bottom), .explicit(left, right))
    }
  }
}
