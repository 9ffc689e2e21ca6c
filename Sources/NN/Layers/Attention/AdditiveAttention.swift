import Autograd
import Tensor

/// Attention whose scores are sums: Σ a tanh(q[t] + k[s]), with a factor a for each feature (Bahdanau et al. 2015).
///
/// Shapes: query `[N, T, F]`, value `[N, S, V]`, key `[N, S, F]`, which is the value where there are two inputs. The output
/// is `[N, T, V]`. Query, key, value, the sums `[N, T, S, F]` and the weights `[N, T, S]` are kept for the backward pass. Masks
/// are those of ``Attention``.
public final class AdditiveAttention: MergingLayer, MaskedLayer, Sendable {
  /// In training, the share of the weights that are dropped.
  public let dropout: Float
  /// Whether a place attends to itself and those before alone.
  public let isCausal: Bool
  /// The factors a, `[F]`; `nil` for none.
  public let scale: Parameter?

  /// Makes an attention; the number of features is known when the model is made.
  public init(useScale: Bool = true, dropout: Float = 0, isCausal: Bool = false) {
    (self.dropout, self.isCausal) = (dropout, isCausal)
    scale = useScale ? Parameter() : nil
  }

  /// A new layer with the same options.
  public func makeCopy(_ copies: LayerCopies) -> any Layer {
    AdditiveAttention(useScale: scale != nil, dropout: dropout, isCausal: isCausal)
  }

  /// Makes the factors.
  public func build(merging shapes: [Shape], using generator: inout RandomGenerator) throws -> Shape {
    let output = try AttentionScores.shape(of: shapes, dropout: dropout)
    let features = shapes[0][1]
    try scale?.storage.build("scale", [features], for: shapes[0]) {
      Initializer.glorotUniform([features], fanIn: features, fanOut: features, using: &generator)
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
    let active = attention.sums.tanh()
    return [attention.result((scale.map { active * context[$0] } ?? active).sum([3]), context)]
  }

  /// The products of the scores and of the weights with the values.
  public func multiplyAdds(inputShapes: [Shape], outputShapes: [Shape]) -> Int {
    AttentionScores.multiplyAdds(inputShapes)
  }
}
