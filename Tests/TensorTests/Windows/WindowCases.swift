import Tensor
import Testing

/// A window on images of one size: what the tests of convolution and pooling run over.
struct WindowCase: Sendable, CustomTestStringConvertible {
  let window: Window
  let input: Size

  init(_ window: Window, on input: Size) {
    self.window = window
    self.input = input
  }

  var testDescription: String {
    let (size, stride, dilation) = (window.size, window.stride, window.dilation)
    return """
      \(size.height)x\(size.width) stride \(stride.height),\(stride.width) dilation \(dilation.height),\
      \(dilation.width) \(window.padding) on \(input.height)x\(input.width)
      """
  }

  /// Sizes 1 to larger than the image, strides, dilations and all paddings, symmetric and not.
  static let all = [
    WindowCase(Window(1), on: 5),
    WindowCase(Window(1, stride: 2), on: 5),
    WindowCase(Window(1, padding: .explicit(top: 1, bottom: 0, left: 0, right: 2)), on: 3),
    WindowCase(Window(2, stride: 2), on: 6),
    WindowCase(Window(2, stride: 2), on: 7),
    WindowCase(Window(2, stride: 2, padding: .same), on: 7),
    WindowCase(Window(3), on: Size(height: 5, width: 8)),
    WindowCase(Window(3, padding: .same), on: Size(height: 5, width: 8)),
    WindowCase(Window(3, stride: 2, padding: .same), on: 8),
    WindowCase(Window(3, stride: 2, padding: .same), on: 9),
    WindowCase(Window(4, padding: .same), on: 6),
    WindowCase(Window(Size(height: 2, width: 5), stride: Size(height: 3, width: 1)), on: Size(height: 9, width: 7)),
    WindowCase(Window(3, dilation: 2), on: Size(height: 7, width: 6)),
    WindowCase(Window(3, dilation: Size(height: 1, width: 3), padding: .same), on: 7),
    WindowCase(Window(3, stride: 2, dilation: 2, padding: .explicit(top: 2, bottom: 1, left: 0, right: 3)), on: 6),
    WindowCase(Window(5, padding: .same), on: 2),
    WindowCase(Window(5, padding: .explicit(top: 2, bottom: 2, left: 3, right: 1)), on: Size(height: 1, width: 2)),
    WindowCase(Window(2, stride: 3), on: 8),
    // Windows that lie in the padding altogether.
    WindowCase(Window(2, stride: 2, padding: .explicit(top: 2, bottom: 3, left: 4, right: 2)), on: 3),
    WindowCase(Window(2, dilation: 2, padding: .same), on: 1),
  ]
}
