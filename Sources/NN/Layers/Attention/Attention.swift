import Autograd
import Tensor

/// Attention without projections: each place of the query gets a mean of the values, weighted by how its key fits.
///
/// softmax(scores) v, where the score of a place t of the query and a place s of the key is a q[t] · k[s] (Luong et al. 2015),
/// or b Σ tanh(a (q[t] + k[s])), with factors a and b that may be trained; they are 1 otherwise.
///
/// Shapes: query `[N, T, F]`, value `[N, S, V]`, key `[N, S, F]`, which is the value where there are two inputs. The output
/// is `[N, T, V]`. Query, key, value and the weights `[N, T, S]` are kept for the backward pass; with ``Score/sum`` also
/// the sums `[N, T, S, F]`.
///
/// A mask of the value leaves out its places. At places that the mask of the query leaves out the output is 0, and it has that
/// mask.
public final class Attention: MergingLayer, MaskedLayer, Sendable {
  /// How a score is computed.
  public enum Score: Hashable, Sendable {
    /// q · k.
    case product
    /// b Σ tanh(q + k).
    case sum
  }

  /// How a score is computed.
  public let score: Score
  /// In training, the share of the weights that are dropped.
  public let dropout: Float
  /// Whether a place attends to itself and those before alone.
  public let isCausal: Bool
  /// The factor a, a single number; `nil` for none.
  public let scale: Parameter?
  /// The factor b of ``Score/sum``, a single number.
  public let sumWeight: Parameter?

  /// Makes an attention.
  ///
  /// - Parameters:
  ///   - score: how a score is computed.
  ///   - useScale: whether there is a factor a.
  ///   - dropout: in training, the share of the weights that are dropped.
  ///   - isCausal: whether a place attends to itself and those before alone.
  public init(_ score: Score = .product, useScale: Bool = false, dropout: Float = 0, isCausal: Bool = false) {
    (self.score, self.dropout, self.isCausal) = (score, dropout, isCausal)
    scale = useScale ? Parameter() : nil
    sumWeight = score == .sum ? Parameter() : nil
  }

  /// A new layer with the same options.
  public func makeCopy(_ copies: LayerCopies) -> any Layer {
    Attention(score, useScale: scale != nil, dropout: dropout, isCausal: isCausal)
  }

  /// Makes the factors, which are 1 at first.
  public func build(merging shapes: [Shape], using generator: inout RandomGenerator) throws -> Shape {
    let output = try AttentionScores.shape(of: shapes, dropout: dropout)
    for (name, parameter) in [("scale", scale), ("sumWeight", sumWeight)] {
      try parameter?.storage.build(name, [], for: shapes[0]) { Tensor(scalar: 1) }
    }
    return output
  }

  /// True: the outputs depend on the masks.
  public var usesMasks: Bool { true }

  /// The mask of the query. Throws for masks that are not those of the inputs' places.
  public func outputMasks(masks: [Shape?], inputShapes: [Shape]) throws -> [OutputMask] {
    try AttentionScores.outputMasks(masks: masks, inputShapes: inputShapes)
  }

  /// The result for query, value and key.
  public func callAsFunction(merging inputs: [Variable<Float>], _ context: Context) -> Variable<Float> {
    outputs(of: inputs, masks: inputs.map { _ in nil }, context)[0]
  }

  /// The result for query, value and key with masks `[N, T]` and `[N, S]`.
  public func outputs(
    of inputs: [Variable<Float>], masks: [Tensor<Bool>?], _ context: Context
  ) -> [Variable<Float>] {
    let attention = AttentionScores(inputs, masks: masks, dropout: dropout, isCausal: isCausal)
    let scores: Variable<Float>
    switch score {
    case .product:
      let products = attention.query.matmul(attention.key.transposed())
      scores = scale.map { products * context[$0] } ?? products
    case .sum:
      let sums = attention.sums
      let active = (scale.map { sums * context[$0] } ?? sums).tanh().sum([3])
      scores = sumWeight.map { active * context[$0] } ?? active
    }
    return [attention.result(scores, context)]
  }

  /// The products of the scores and of the weights with the values.
  public func multiplyAdds(inputShapes: [Shape], outputShapes: [Shape]) -> Int {
    AttentionScores.multiplyAdds(inputShapes)
  }
}
