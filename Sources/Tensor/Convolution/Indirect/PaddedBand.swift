import CKernels

/// Rows of an image of few channels with their padding, channels innermost. Under a row of the window, a pixel of the
/// result reads one run of numbers.
struct PaddedBand {
  private let geometry: ConvolutionGeometry
  /// Columns of the copy.
  private let width: Int

  /// With as many channels, the run under a single tap is long enough.
  private static let mostChannels = 15

  /// `nil` where images are better read where they are.
  init?(_ geometry: ConvolutionGeometry) {
    let window = geometry.placement.window
    guard geometry.groups == 1, geometry.inputChannels <= Self.mostChannels, window.size.area > 1,
      window.dilation.width == 1
    else { return nil }
    self.geometry = geometry
    width = (geometry.placement.output.width - 1) * window.stride.width + window.size.width
  }

  var window: Size { geometry.placement.window.size }

  /// Copies the rows under a block of pixels, whole rows of one image, and calls `body` after listing where each pixel
  /// reads under each row of the window, `[rows][pixels]`.
  func withReads(
    of pixels: Range<Int>, images: Tensor<Float>, start: UnsafePointer<Float>,
    to list: UnsafeMutablePointer<UnsafePointer<Float>>, _ body: () -> Void
  ) {
    let (placement, window) = (geometry.placement, geometry.placement.window)
    let columns = placement.output.width
    let line = pixels.lowerBound / columns
    let (image, firstRow) = (line / placement.output.height, line % placement.output.height)
    let rows = pixels.count / columns
    let height = (rows - 1) * window.stride.height + (window.size.height - 1) * window.dilation.height + 1
    let pitch = width * geometry.inputChannels
    let band = Storage<Float>(count: height * pitch)
    let top = firstRow * window.stride.height - placement.top
    for row in 0..<height {
      copy(
        row: top + row, of: start + image * images.layout.strides[0], strides: images.layout.strides,
        to: band.pointer + row * pitch)
    }
    for tap in 0..<window.size.height {
      for row in 0..<rows {
        let first = band.pointer + (row * window.stride.height + tap * window.dilation.height) * pitch
        let target = list + tap * pixels.count + row * columns
        for column in 0..<columns {
          target[column] = UnsafePointer(first + column * window.stride.width * geometry.inputChannels)
        }
      }
    }
    body()
    extendLifetime((band, images))
  }

  /// Copies one row of an image, zeros where it is in the padding.
  private func copy(
    row: Int, of image: UnsafePointer<Float>, strides: [Int], to target: UnsafeMutablePointer<Float>
  ) {
    let (input, left, channels) = (geometry.placement.input, geometry.placement.left, geometry.inputChannels)
    let inside = Swift.min(left, width)..<Swift.max(Swift.min(width, input.width + left), Swift.min(left, width))
    guard (0..<input.height).contains(row), !inside.isEmpty else {
      target.update(repeating: 0, count: width * channels)
      return
    }
    target.update(repeating: 0, count: inside.lowerBound * channels)
    let behind = target + inside.upperBound * channels
    behind.update(repeating: 0, count: (width - inside.upperBound) * channels)
    let line = image + row * strides[2] + (inside.lowerBound - left) * strides[3]
    let first = target + inside.lowerBound * channels
    if strides[1] == 1 && strides[3] == channels {
      first.update(from: line, count: inside.count * channels)
      return
    }
    if strides[3] == 1 {
      Kernels.best.interleave(line, strides[1], channels, inside.count, first)
      return
    }
    for channel in 0..<channels {
      let (source, step) = (line + channel * strides[1], strides[3])
      for column in 0..<inside.count { first[column * channels + channel] = source[column * step] }
    }
  }
}
