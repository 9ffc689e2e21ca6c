import Autograd
import Tensor

/// A layer applied to each time of a sequence by itself, with the same weights.
///
/// ```swift
/// let layer = TimeDistributed(Conv2D(8, kernelSize: 3))
/// ```
///
/// Shapes: `[N, T, …]` gives `[N, T, …]`, with what the layer makes of one time: sequences `[T, F]` of features, and videos
/// `[T, C, H, W]` of images. Sequences of sequences are images: each row of `[N, F, T, S]` is a sequence `[S, F]`, and the
/// sequences that a layer makes become the rows of an image again.
///
/// All times are one batch for the layer, except where it would treat its examples together: for a normalization by the
/// batch, and for noise that examples share, the times come one after the other, as in Keras.
public final class TimeDistributed: Layer {
  /// The layer.
  public let layer: any Layer

  /// Makes a layer of a layer, or of a model, with one input and one output.
  public init(_ layer: any Layer) {
    self.layer = layer
  }

  /// A new layer around a copy of the inner one.
  public func makeCopy(_ copies: LayerCopies) throws -> any Layer { TimeDistributed(try copies.layer(any: layer)) }

  /// Builds the layer for one time.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard let times = Times(of: inputShape) else {
      throw LayerError(inputShape: inputShape, reason: "a sequence [T, …] is needed")
    }
    guard layer.outputCount == 1 else {
      throw LayerError(
        inputShape: inputShape, reason: "the layer has \(counted(layer.outputCount, "output")), 1 is needed")
    }
    return times.joined(try layer.build(as: "layer", inputShape: times.shape, using: &generator))
  }

  /// The result for each time.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    guard let times = Times(of: Shape(x.shape.dropFirst())) else {
      stop("TimeDistributed: inputs [N, T, …] are needed, found \(x.shape)")
    }
    let x = x.shape.rank == 4 ? x.permuted([0, 2, 3, 1]) : x
    let (count, length) = (x.shape[0], times.count)
    let results: Variable<Float>
    if mixesExamples(layer, context) {
      results = Variable(
        stacking: (0..<length).map { time in
          layer(x.slice(time..<time + 1, axis: 1).reshaped(to: [count] + times.shape), context)
        }, axis: 1)
    } else {
      let result = layer(x.reshaped(to: [count * length] + times.shape), context)
      results = result.reshaped(to: [count, length] + result.shape.dropFirst())
    }
    return results.shape.rank == 4 ? results.permuted([0, 3, 1, 2]) : results
  }

  /// Whether the layer, or one inside it, computes something of several examples together.
  private func mixesExamples(_ layer: any Layer, _ context: Context) -> Bool {
    if layer is BatchNorm { return context.usesBatchStatistics }
    if layer is RandomCrop { return context.appliesDropout }
    if let dropout = layer as? Dropout { return context.appliesDropout && dropout.noiseShape != nil }
    if let dropout = layer as? AlphaDropout { return context.appliesDropout && dropout.noiseShape != nil }
    return layer.children.contains { mixesExamples($0.layer, context) }
  }

  /// Those of the layer, for each time.
  public func multiplyAdds(inputShape: Shape, outputShape: Shape) -> Int {
    guard let times = Times(of: inputShape), let results = Times(of: outputShape) else { return 0 }
    return times.count * layer.multiplyAdds(inputShape: times.shape, outputShape: results.shape)
  }

  /// How an example is divided into times.
  package struct Times {
    /// The number of times.
    package let count: Int
    /// The shape of one time.
    package let shape: Shape

    /// `nil` for an example without times.
    package init?(of example: Shape) {
      guard example.rank >= 2 else { return nil }
      (count, shape) =
        example.rank == 3 ? (example[1], [example[2], example[0]]) : (example[0], Shape(example.dropFirst()))
    }

    /// The shape of an example of as many times, each of the given shape.
    package func joined(_ result: Shape) -> Shape {
      result.rank == 2 ? [result[1], count, result[0]] : Shape([count] + result)
    }
  }
}
