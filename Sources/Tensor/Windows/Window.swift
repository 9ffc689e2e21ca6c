/// The padding around an image that a window slides over. Convolutions read zeros there; pooling ignores it.
public enum Padding: Hashable, Sendable {
  /// No padding: the window stays inside the image.
  case valid
  /// Enough for an output of ceil(input / stride) rows and columns. An extra row or column is at the bottom or right,
  /// as in Keras.
  case same
  /// The given numbers of rows and columns.
  case explicit(top: Int, bottom: Int, left: Int, right: Int)
}

/// The window that a convolution or pooling slides over the rows and columns of an image.
public struct Window: Hashable, Sendable {
  /// Height and width of the window.
  public var size: Size
  /// The step of the window, down and to the right, in pixels.
  public var stride: Size
  /// The distance between neighbouring elements of the window, in pixels; 1 is a window without gaps.
  public var dilation: Size
  /// The padding around the image.
  public var padding: Padding

  /// Makes a window.
  public init(_ size: Size, stride: Size = 1, dilation: Size = 1, padding: Padding = .valid) {
    self.size = size
    self.stride = stride
    self.dilation = dilation
    self.padding = padding
  }

  /// The positions of the window on an image of the given height and width, or `nil` if it does not fit in once.
  ///
  /// The output has floor((input + padding - dilation (size - 1) - 1) / stride) + 1 rows, and columns alike.
  public func placement(onHeight height: Int, width: Int) -> WindowPlacement? {
    // No product of two such numbers overflows.
    let sensible = 1...Int(Int32.max)
    guard [size, stride, dilation].allSatisfy({ sensible.contains($0.height) && sensible.contains($0.width) }),
      (0...1 << 60).contains(height), (0...1 << 60).contains(width)
    else { return nil }
    let rows = line(height, size.height, stride.height, dilation.height, explicit: verticalPadding)
    let columns = line(width, size.width, stride.width, dilation.width, explicit: horizontalPadding)
    guard let rows, let columns else { return nil }
    return WindowPlacement(
      window: self, input: Size(height: height, width: width),
      output: Size(height: rows.output, width: columns.output), top: rows.before, left: columns.before)
  }

  /// The positions of the window on images `[N, C, H, W]`; stops if it does not fit.
  func placement(on images: Shape, _ operation: StaticString) -> WindowPlacement {
    require(images.rank == 4, "\(operation): an input [N, C, H, W] is needed, found \(images)")
    guard let placement = placement(onHeight: images[2], width: images[3]) else {
      stop("\(operation): a window of \(size) with padding \(padding) does not fit into input \(images)")
    }
    return placement
  }

  private var verticalPadding: (Int, Int)? {
    if case .explicit(let top, let bottom, _, _) = padding { (top, bottom) } else { nil }
  }

  private var horizontalPadding: (Int, Int)? {
    if case .explicit(_, _, let left, let right) = padding { (left, right) } else { nil }
  }

  /// Output length and padding before the first element, along one axis.
  private func line(
    _ input: Int, _ size: Int, _ stride: Int, _ dilation: Int, explicit: (Int, Int)?
  ) -> (output: Int, before: Int)? {
    let extent = dilation * (size - 1) + 1
    if padding == .same {
      let output = (input + stride - 1) / stride
      return (output, Swift.max((output - 1) * stride + extent - input, 0) / 2)
    }
    let (before, after) = explicit ?? (0, 0)
    let sensible = 0...Int(Int32.max)
    guard sensible.contains(before), sensible.contains(after), input + before + after >= extent else { return nil }
    return ((input + before + after - extent) / stride + 1, before)
  }
}

/// A height and a width. An integer literal sets both: `3` is 3×3.
public struct Size: Hashable, Sendable, ExpressibleByIntegerLiteral {
  /// The number of rows.
  public var height: Int
  /// The number of columns.
  public var width: Int

  /// Makes a size.
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// Makes a square.
  public init(_ side: Int) {
    self.init(height: side, width: side)
  }

  /// Makes a square from a literal.
  public init(integerLiteral side: Int) {
    self.init(side)
  }

  /// Height times width.
  public var area: Int { height * width }
}

extension Size: CustomStringConvertible {
  /// Height and width: `3x3`.
  public var description: String { "\(height)x\(width)" }
}

/// The positions of a window on images of one size: what convolution and pooling loop over.
public struct WindowPlacement: Hashable, Sendable {
  /// The window.
  public let window: Window
  /// Height and width of the image.
  public let input: Size
  /// The number of positions, down and across: height and width of the result.
  public let output: Size
  /// Rows of padding above the image.
  let top: Int
  /// Columns of padding left of the image.
  let left: Int

  /// The row of the image that window row `kernelRow` lies on for output row `row`; outside the image in the padding.
  @inline(__always)
  func inputRow(_ row: Int, _ kernelRow: Int) -> Int {
    row * window.stride.height + kernelRow * window.dilation.height - top
  }

  /// The column of the image under window column `kernelColumn` for output column `column`.
  @inline(__always)
  func inputColumn(_ column: Int, _ kernelColumn: Int) -> Int {
    column * window.stride.width + kernelColumn * window.dilation.width - left
  }

  /// The output columns whose window column `kernelColumn` lies inside the image.
  @inline(__always)
  func insideColumns(_ kernelColumn: Int) -> Range<Int> {
    let offset = kernelColumn * window.dilation.width - left
    let step = window.stride.width
    let first = offset >= 0 ? 0 : (-offset + step - 1) / step
    let end = input.width > offset ? (input.width - 1 - offset) / step + 1 : 0
    let clipped = Swift.min(end, output.width)
    return first..<Swift.max(clipped, first)
  }
}
