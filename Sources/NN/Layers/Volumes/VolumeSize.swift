import Tensor

/// Three lengths: depth, height and width of a volume.
public struct VolumeSize: Hashable, Sendable, ExpressibleByIntegerLiteral {
  /// Along the images of the volume.
  public var depth: Int
  /// Along the rows.
  public var height: Int
  /// Along the columns.
  public var width: Int

  /// Makes a size.
  public init(depth: Int, height: Int, width: Int) {
    (self.depth, self.height, self.width) = (depth, height, width)
  }

  /// The same length in all directions.
  public init(_ side: Int) { self.init(depth: side, height: side, width: side) }

  /// The same length in all directions.
  public init(integerLiteral side: Int) { self.init(side) }

  /// Height and width.
  package var plane: Size { Size(height: height, width: width) }

  /// The product.
  package var count: Int { depth * height * width }
}

/// What surrounds a volume that a window slides over.
public enum VolumePadding: Hashable, Sendable {
  /// No padding: the window stays inside the volume.
  case valid
  /// Enough for an output of ⌈length / stride⌉ in each direction. An extra element is at the end, as in Keras.
  case same

  package var ofSequence: SequencePadding { self == .same ? .same : .valid }
  package var ofImage: Padding { self == .same ? .same : .valid }
}

/// A window over a volume `[D, C, H, W]`.
package struct VolumeWindow: Hashable, Sendable {
  package let size, stride, dilation: VolumeSize
  package let padding: VolumePadding

  init(_ size: VolumeSize, stride: VolumeSize, dilation: VolumeSize = 1, padding: VolumePadding) {
    (self.size, self.stride, self.dilation, self.padding) = (size, stride, dilation, padding)
  }

  /// The window over each image of the volume.
  package var ofImage: Window {
    Window(size.plane, stride: stride.plane, dilation: dilation.plane, padding: padding.ofImage)
  }

  /// The window over the images of the volume.
  package var ofSequence: Window {
    Window(
      overSteps: size.depth, stride: stride.depth, dilation: dilation.depth, padding: padding.ofSequence)
  }

  /// Depth, height and width of the output for a volume.
  ///
  /// - Throws: ``LayerError`` when the shape is not that of a volume or the window does not fit into it.
  func output(onVolumeOf shape: Shape) throws -> VolumeSize {
    guard shape.rank == 4 else {
      throw LayerError(inputShape: shape, reason: "a volume [D, C, H, W] is needed")
    }
    guard let placement = ofImage.placement(onHeight: shape[2], width: shape[3]),
      let depth = ofSequence.placement(onHeight: 1, width: shape[0])?.output.width
    else {
      throw LayerError(
        inputShape: shape,
        reason: "a window of \(size.depth) × \(size.height) × \(size.width) with stride \(stride.depth) × "
          + "\(stride.height) × \(stride.width), dilation \(dilation.depth) × \(dilation.height) × \(dilation.width) and "
          + "padding \(padding) does not fit")
    }
    return VolumeSize(depth: depth, height: placement.output.height, width: placement.output.width)
  }

  /// The images of zeros before the first one.
  package func margin(onDepth depth: Int, output: Int) -> (before: Int, after: Int) {
    guard padding == .same else { return (0, 0) }
    let missing = max((output - 1) * stride.depth + (size.depth - 1) * dilation.depth + 1 - depth, 0)
    return (missing / 2, missing - missing / 2)
  }
}
