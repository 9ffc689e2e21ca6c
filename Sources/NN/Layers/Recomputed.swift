import Autograd
import Tensor

/// Layers whose inner results are computed a second time on the way back, instead of being kept: gradient checkpointing
/// (Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost").
///
/// ```swift
/// let model = try Sequential(input: [3, 32, 32]) {
///   for filters in [16, 32, 64] {
///     Recomputed {
///       Conv2D(filters, kernelSize: 3, padding: .same, activation: .relu)
///       Conv2D(filters, kernelSize: 3, padding: .same, activation: .relu)
///       BatchNorm()
///     }
///     MaxPool2D(2)
///   }
///   GlobalAveragePool2D()
///   Dense(10, activation: .softmax)
/// }
/// ```
///
/// Outputs, gradients and running statistics have the same bits as without it. A training step keeps the input of the part
/// and nothing else of it, and computes its forward pass twice: about a third more work. Inference does not change.
///
/// A penalty on the output of a layer inside is not supported: a call in training stops.
public final class Recomputed: Layer, Sendable {
  /// The layers.
  public let body: Model

  /// Makes a part of a model from a list of layers.
  public convenience init(@LayerBuilder _ layers: () -> [NamedLayer]) {
    self.init(Sequential(layers))
  }

  /// Makes a part of a model from a model with one input and one output.
  public init(_ body: Model) {
    self.body = body
  }

  /// The same part with a copy of the layers.
  public func makeCopy(_ copies: LayerCopies) throws -> any Layer { Recomputed(try copies.layer(body)) }

  /// Builds the layers.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    try body.build(as: "body", inputShape: inputShape, using: &generator)
  }

  /// The result of the layers for a batch `[N, …]`.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let trained = context.recordsGradients ? body.trainableParameters : []
    guard x.needsGradient || !trained.isEmpty else { return body(x, context) }
    let generator = context.generator
    // With a tape, so that the same operations run as on the way back; it is let go of here.
    let output = result(x, context, statistics: context.statistics, from: generator) { context.generator = $0 }.output
    let (x, settings) = (x, context)
    return Variable(output.value, from: [x] + trained.map(\.variable)) { upstream in
      // The running statistics have moved before, and do not move again.
      let (input, output) = self.result(x, settings, statistics: BatchStatistics(), from: generator)
      let gradients = output.gradients(from: upstream)
      return [input.needsGradient ? gradients[input] ?? Tensor(zeros: x.shape) : Tensor(zeros: x.shape)]
        + trained.map { gradients[$0] ?? Tensor(zeros: $0.value.shape) }
    }
  }

  /// The result with a tape of its own, from random numbers that begin at `generator`; `end` gets those behind.
  private func result(
    _ x: Variable<Float>, _ context: Context, statistics: BatchStatistics?, from generator: RandomGenerator,
    end: (RandomGenerator) -> Void = { _ in }
  ) -> (input: Variable<Float>, output: Variable<Float>) {
    let inner = Context(
      appliesDropout: context.appliesDropout, usesBatchStatistics: context.usesBatchStatistics,
      recordsGradients: context.recordsGradients, generator: generator)
    inner.statistics = statistics
    inner.exchange = context.exchange
    let input = x.needsGradient ? Variable(tracking: x.value) : Variable(x.value)
    let output = body(input, inner)
    end(inner.generator)
    require(
      inner.takePenalty() == nil, "Recomputed: a layer inside has a penalty on its output, which is not supported")
    return (input, output)
  }

  /// Those of the layers.
  public func multiplyAdds(inputShape: Shape, outputShape: Shape) -> Int {
    body.multiplyAdds(inputShape: inputShape, outputShape: outputShape)
  }
}
