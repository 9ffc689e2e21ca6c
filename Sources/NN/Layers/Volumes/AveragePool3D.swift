import Autograd
import Tensor

/// The mean of the elements under each position of a window over a volume, without padding.
///
/// Shapes: input `[N, D, C, H, W]`, output `[N, od, C, oh, ow]`. Nothing is kept for the backward pass.
public final class AveragePool3D: Layer, Sendable {
  /// Depth, height and width of the window.
  public let size: VolumeSize
  /// How far the window moves.
  public let stride: VolumeSize
  /// What surrounds the volume.
  public let padding: VolumePadding

  /// Makes a pooling layer.
  ///
  /// - Parameters:
  ///   - size: depth, height and width of the window.
  ///   - stride: how far the window moves; its own size when left out.
  ///   - padding: what surrounds the volume. Padding does not count.
  public init(_ size: VolumeSize, stride: VolumeSize? = nil, padding: VolumePadding = .valid) {
    (self.size, self.stride, self.padding) = (size, stride ?? size, padding)
  }

  package var window: VolumeWindow { VolumeWindow(size, stride: stride, padding: padding) }

  /// Finds the output's depth, height and width.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    let output = try window.output(onVolumeOf: inputShape)
    return [output.depth, inputShape[1], output.height, output.width]
  }

  /// The pooled batch: that of each image, then along the images, each mean one of as many elements.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.pooledVolumes(window) { $0.averagePool2D($1) }
  }
}
