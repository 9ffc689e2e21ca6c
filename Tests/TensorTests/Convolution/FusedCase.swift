import Tensor
import Testing

/// A convolution of stride 1 on a batch of images.
struct FusedCase: Sendable, CustomTestStringConvertible {
  let batch, channels, filters, groups: Int
  let image: Size
  let window: Window
  let isExact: Bool
  /// Whether the gradient of the input is wanted where the shape does not tell.
  let needsInput: Bool

  init(
    _ batch: Int, _ channels: Int, _ filters: Int, on image: Size, _ padding: Padding = .same, kernel: Size = 3,
    isExact: Bool = false
  ) {
    (self.batch, self.channels, self.filters, self.image) = (batch, channels, filters, image)
    (groups, self.isExact, needsInput) = (1, isExact, false)
    window = Window(kernel, padding: padding)
  }

  /// A depthwise convolution.
  init(_ batch: Int, depthwise channels: Int, on image: Size, _ window: Window) {
    (self.batch, self.channels, self.filters, self.image) = (batch, channels, channels, image)
    (groups, isExact, needsInput) = (channels, false, true)
    self.window = window
  }

  /// A convolution of any shape whose gradients are all wanted.
  init(_ batch: Int, _ channels: Int, _ filters: Int, in groups: Int = 1, on image: Size, _ window: Window) {
    (self.batch, self.channels, self.filters, self.image) = (batch, channels, filters, image)
    (self.groups, isExact, needsInput) = (groups, true, true)
    self.window = window
  }

  var testDescription: String {
    "\(batch) x \(channels) -> \(filters) in \(groups), \(window.size) \(window.stride) \(window.padding) on \(image)"
      + (isExact ? ", exact" : "")
  }

  var inputShape: Shape { [batch, channels, image.height, image.width] }
  var weightShape: Shape { [filters, channels / groups, window.size.height, window.size.width] }

  /// Winograd: channels that fill panels, that do not, and many; images smaller than a tile, odd, long, of one pixel;
  /// more tiles than a block; several groups of images; the layers of the original network.
  static let winograd = [
    FusedCase(2, 16, 16, on: 4), FusedCase(3, 17, 33, on: 5), FusedCase(2, 31, 40, on: Size(height: 9, width: 13)),
    FusedCase(1, 64, 48, on: 8), FusedCase(2, 513, 16, on: 3), FusedCase(1, 16, 513, on: Size(height: 2, width: 6)),
    FusedCase(1, 32, 32, on: 1), FusedCase(2, 20, 24, on: Size(height: 33, width: 6), .valid),
    FusedCase(1, 16, 18, on: Size(height: 60, width: 52)), FusedCase(9, 16, 16, on: 16, .valid),
    FusedCase(2, 16, 16, on: 7, .explicit(top: 2, bottom: 0, left: 3, right: 1)),
    FusedCase(1, 16, 16, on: 2, .explicit(top: 5, bottom: 6, left: 0, right: 4)),
    FusedCase(9, 16, 20, on: 32), FusedCase(2, 64, 128, on: 32), FusedCase(2, 128, 256, on: 16),
    FusedCase(4, 256, 512, on: 8),
  ]

  /// The first layer in registers: few channels; images smaller than a tile, odd, with more tiles in a row than lanes.
  static let shallow = [
    FusedCase(2, 3, 64, on: 16), FusedCase(3, 1, 8, on: Size(height: 9, width: 7)), FusedCase(1, 2, 17, on: 1),
    FusedCase(1, 4, 33, on: Size(height: 21, width: 5), .valid), FusedCase(2, 8, 40, on: Size(height: 1, width: 10)),
    FusedCase(1, 3, 16, on: Size(height: 35, width: 67)),
    FusedCase(1, 3, 9, on: 6, .explicit(top: 0, bottom: 4, left: 5, right: 1)),
  ]

  /// The direct path: one to four channels, kernels of other sizes, odd images, several bands of rows.
  static let direct = [
    FusedCase(2, 3, 64, on: 16, isExact: true), FusedCase(3, 1, 8, on: Size(height: 9, width: 7), isExact: true),
    FusedCase(1, 4, 33, on: Size(height: 21, width: 5), .valid, isExact: true), FusedCase(11, 3, 12, on: 3, kernel: 5),
    FusedCase(1, 2, 9, on: 6, .explicit(top: 0, bottom: 2, left: 1, right: 0), kernel: Size(height: 1, width: 4)),
    FusedCase(1, 8, 40, on: Size(height: 1, width: 10), isExact: true), FusedCase(2, 8, 8, on: 5, kernel: 1),
  ]
}

extension FusedCase {
  /// One filter for each channel: strides, dilation, other windows, odd images, channels that fill vectors and that do
  /// not.
  static let depthwise = [
    FusedCase(2, depthwise: 32, on: 8, Window(3, padding: .same)), FusedCase(3, depthwise: 17, on: 7, Window(3)),
    FusedCase(1, depthwise: 2, on: Size(height: 5, width: 9), Window(3, stride: 2, padding: .same)),
    FusedCase(
      9, depthwise: 33, on: 6, Window(Size(height: 2, width: 5), stride: Size(height: 1, width: 3), padding: .same)),
    FusedCase(2, depthwise: 16, on: 11, Window(3, stride: 2, dilation: 2, padding: .same)),
    FusedCase(1, depthwise: 40, on: 9, Window(7, padding: .explicit(top: 3, bottom: 1, left: 0, right: 5))),
    FusedCase(1, depthwise: 513, on: 3, Window(8, padding: .same)), FusedCase(2, depthwise: 5, on: 1, Window(1)),
  ]
}

extension FusedCase {
  /// By pointers: 1×1 with channels that fill panels and that do not, and more than a block of the sums; strides with and
  /// without rests, larger than the window; large windows; dilation; groups; few channels, whose rows are copied; padding
  /// larger than the image; more pixels than a block.
  static let indirect = [
    FusedCase(2, 64, 256, on: 7, Window(1)), FusedCase(3, 513, 17, on: Size(height: 3, width: 5), Window(1)),
    FusedCase(1, 1, 1, on: 1, Window(1)), FusedCase(1, 33, 65, on: 14, Window(1, stride: 2)),
    FusedCase(1, 16, 24, on: 40, Window(1)), FusedCase(3, 40, 72, on: 9, Window(3, stride: 2, padding: .same)),
    FusedCase(2, 17, 31, on: Size(height: 11, width: 8), Window(3, stride: 3)),
    FusedCase(
      2, 20, 9, on: Size(height: 13, width: 6),
      Window(Size(height: 2, width: 3), stride: Size(height: 4, width: 1), padding: .same)),
    FusedCase(1, 32, 48, on: 12, Window(5, padding: .same)), FusedCase(1, 19, 33, on: 9, Window(7, padding: .same)),
    FusedCase(1, 66, 34, on: 10, Window(3, dilation: 2, padding: .same)),
    FusedCase(1, 18, 16, on: 12, Window(3, stride: 2, dilation: 3, padding: .same)),
    FusedCase(2, 64, 32, in: 4, on: 6, Window(3, padding: .same)),
    FusedCase(1, 6, 8, in: 2, on: 7, Window(3, stride: 2, padding: .same)),
    FusedCase(1, 12, 36, in: 12, on: 5, Window(3, padding: .same)),
    FusedCase(3, 3, 64, on: 21, Window(7, stride: 2, padding: .explicit(top: 3, bottom: 3, left: 3, right: 3))),
    FusedCase(2, 3, 33, on: Size(height: 10, width: 17), Window(3, stride: 2, padding: .same)),
    FusedCase(1, 5, 8, on: Size(height: 9, width: 4), Window(Size(height: 4, width: 1), dilation: 2)),
    FusedCase(1, 2, 5, on: 2, Window(2, padding: .explicit(top: 5, bottom: 0, left: 4, right: 3))),
    FusedCase(1, 20, 20, on: 2, Window(3, stride: 2, padding: .explicit(top: 7, bottom: 1, left: 0, right: 9))),
    FusedCase(9, 3, 8, on: 5, Window(5, padding: .same)),
  ]

  static let all = winograd + shallow + direct + depthwise + indirect
}
