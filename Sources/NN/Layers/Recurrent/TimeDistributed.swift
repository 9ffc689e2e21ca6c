import Autograd
import Tensor

/// A layer applied to each time of a sequence by itself, with the same weights.
///
/// ```swift
/// let layer = TimeDistributed(Conv2D(8, kernelSize: 3))
/// ```
///
/// Shapes: `[N, T, …]` gives `[N, T, …]`, with what the layer makes of one time. All times are one batch for the layer,
/// except where it would treat its examples together: for a normalization by the batch, and for noise that examples share,
/// the times come one after the other, as in Keras.
public final class TimeDistributed: Layer {
  /// The layer.
  public let layer: any Layer

  /// Makes a layer of a layer with one input and one output.
  public init(_ layer: any Layer) {
    self.layer = layer
  }

  /// A new layer around a copy of the inner one.
  public func makeCopy(_ copies: LayerCopies) throws -> any Layer { TimeDistributed(try copies.layer(any: layer)) }

  /// Builds the layer for one time.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank >= 2 else {
      throw LayerError(inputShape: inputShape, reason: "a sequence [T, …] is needed")
    }
    guard layer.outputCount == 1 else {
      throw LayerError(
        inputShape: inputShape, reason: "the layer has \(counted(layer.outputCount, "output")), 1 is needed")
    }
    let output = try layer.build(as: "layer", inputShape: Shape(inputShape.dropFirst()), using: &generator)
    return Shape([inputShape[0]] + output)
  }

  /// The result for each time.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let (count, length, example) = (x.shape[0], x.shape[1], x.shape.dropFirst(2))
    if mixesExamples(layer, context) {
      let times = (0..<length).map { time in
        layer(x.slice(time..<time + 1, axis: 1).reshaped(to: [count] + example), context)
      }
      return Variable(stacking: times, axis: 1)
    }
    let result = layer(x.reshaped(to: [count * length] + example), context)
    return result.reshaped(to: [count, length] + result.shape.dropFirst())
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
    inputShape[0]
      * layer.multiplyAdds(inputShape: Shape(inputShape.dropFirst()), outputShape: Shape(outputShape.dropFirst()))
  }
}
