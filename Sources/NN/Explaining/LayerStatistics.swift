import Autograd
import Tensor

/// What a layer makes, and what comes back to it, in numbers.
public struct LayerStatistics: Sendable {
  /// The mean, the deviation, the ends and the share of zeros of some numbers.
  public struct Summary: Hashable, Codable, Sendable {
    /// Σ x / n.
    public let mean: Double
    /// √(Σ (x - mean)² / n).
    public let deviation: Double
    /// The smallest and the largest number.
    public let lowest, highest: Double
    /// The share of numbers that are 0: of ReLUs that are off, for example.
    public let zeroShare: Double
    /// The number of those that are NaN or infinite; the other figures leave them out.
    public let nonFiniteCount: Int

    init(_ values: [Float]) {
      let finite = values.filter(\.isFinite)
      let count = Double(max(finite.count, 1))
      mean = finite.reduce(0) { $0 + Double($1) } / count
      let mean = mean
      deviation = (finite.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count).squareRoot()
      (lowest, highest) = (Double(finite.min() ?? 0), Double(finite.max() ?? 0))
      zeroShare = Double(finite.count { $0 == 0 }) / count
      nonFiniteCount = values.count - finite.count
    }
  }

  /// The layer, as ``Model/innerLayers`` name it.
  public let layer: String
  /// What it makes of one example.
  public let outputShape: Shape
  /// What it makes of the batch.
  public let activations: Summary
  /// The gradient of the sum of the explained scores by what it makes; `nil` where none flows.
  public let gradients: Summary?
}

extension Model {
  /// What each layer makes of a batch, and the gradients of a class's score, or of a number, by it, in inference.
  ///
  /// Cost: a forward pass for each layer and the way back to it, in which nothing is joined at the layer.
  ///
  /// - Parameters:
  ///   - x: a batch `[N, …]`.
  ///   - output: the class or the number to explain.
  /// - Throws: ``ExplanationError``.
  public func layerStatistics(for x: Tensor<Float>, of output: ExplainedOutput) throws -> [LayerStatistics] {
    let score = try ExplainedScore(output, of: self)
    try score.check(x, count: nil)
    return try innerLayers.map { path, _, shape in
      let tap = try tapped(at: path)
      let shift = Variable(tracking: Tensor<Float>(zeros: Shape([x.shape[0]] + shape)))
      let outputs = tap.outputs(of: [Variable(x), shift], Context(.inference))
      let value = score.scores(outputs[1])
      let gradient = value.needsGradient ? value.sum().gradients()[shift] : nil
      return LayerStatistics(
        layer: path, outputShape: shape, activations: .init(outputs[0].value.scalars),
        gradients: gradient.map { .init($0.scalars) })
    }
  }
}
