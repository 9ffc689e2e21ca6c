import Autograd
import Tensor

/// The mean of each feature under each position of a window along the steps. Padding does not count.
///
/// Shapes: input `[N, T, F]`, output `[N, ot, F]`. Nothing is kept for the backward pass.
public final class AveragePool1D: Layer, Sendable {
  /// The number of steps under the window.
  public let size: Int
  /// How far the window moves.
  public let stride: Int
  /// What surrounds the sequence.
  public let padding: SequencePadding

  /// Makes a pooling layer.
  ///
  /// - Parameters:
  ///   - size: the number of steps under the window.
  ///   - stride: how far the window moves; its own size when left out.
  ///   - padding: what surrounds the sequence. It does not count.
  public init(_ size: Int, stride: Int? = nil, padding: SequencePadding = .valid) {
    (self.size, self.stride, self.padding) = (size, stride ?? size, padding)
  }

  private var window: Window { Window(overSteps: size, stride: stride, padding: padding) }

  /// Finds the number of steps of the output.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    [try window.steps(onSequenceOf: inputShape), inputShape[1]]
  }

  /// The pooled batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.sequencesAsImages().averagePool2D(window).imagesAsSequences()
  }
}
