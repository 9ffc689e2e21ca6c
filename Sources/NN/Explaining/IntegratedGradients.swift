import Autograd
import Tensor

/// How much each number of an input adds to a score.
public struct Attribution: Sendable {
  /// The share of each number of the input, in its shape `[C, H, W]`. They sum to ``scoreDifference``, up to ``completenessError``.
  public let values: Tensor<Float>
  /// The score of the input minus that of the baseline.
  public let scoreDifference: Float

  /// By how much the sum of the shares differs from ``scoreDifference``: the error of the sum that stands for an integral.
  public var completenessError: Float { abs(values.sum().scalar - scoreDifference) }
}

extension Model {
  /// Integrated gradients (Sundararajan, Taly and Yan 2017, equation 1): the gradient of a class's score, or of a number,
  /// on the straight way from a baseline x' to the input x, times their difference:
  ///
  ///     (x - x') · 1/m · Σ_{k=1…m} ∂F(x' + (k - ½) / m · (x - x')) / ∂x
  ///
  /// Cost: m forward and backward passes, `batchSize` at a time.
  ///
  /// - Parameters:
  ///   - output: the class or the number to explain.
  ///   - x: one example, `[1, …]`.
  ///   - baseline: the input that shows nothing, in the shape of one example; zeros by default.
  ///   - steps: m.
  ///   - batchSize: the passes that are computed at once.
  /// - Throws: ``ExplanationError``.
  public func integratedGradients(
    of output: ExplainedOutput, in x: Tensor<Float>, baseline: Tensor<Float>? = nil, steps: Int = 50,
    batchSize: Int = 16
  ) throws -> Attribution {
    let score = try ExplainedScore(output, of: self)
    try score.check(x)
    let example = x.select(0)
    let start = baseline ?? Tensor(zeros: example.shape)
    guard start.shape == example.shape else {
      throw ExplanationError.baseline(found: start.shape, expected: example.shape)
    }
    guard steps >= 1 else { throw ExplanationError.option("the number of steps", found: steps, expected: "at least 1") }
    guard batchSize >= 1 else { throw ExplanationError.option("batchSize", found: batchSize, expected: "at least 1") }
    let difference = example - start
    var sum = Tensor<Float>(zeros: example.shape)
    for first in stride(from: 0, to: steps, by: batchSize) {
      let points = (first..<min(first + batchSize, steps)).map { step in
        (start + difference * ((Float(step) + 0.5) / Float(steps))).expandingShape(at: 0)
      }
      let input = Variable(tracking: Tensor(concatenating: points))
      let value = score.scores(self(input, Context(.inference)))
      guard value.needsGradient, let gradient = value.sum().gradients()[input] else {
        throw ExplanationError.noInfluence(layer: inputNames[0])
      }
      sum += gradient.sum([0])
    }
    let values = difference * sum * (1 / Float(steps))
    guard values.scalars.allSatisfy(\.isFinite) else { throw ExplanationError.notFinite }
    let ends = try score.scores(of: Tensor(concatenating: [x, start.expandingShape(at: 0)]))
    return Attribution(values: values, scoreDifference: ends[0] - ends[1])
  }
}
