import Autograd
import Tensor

/// Attention of several heads (Vaswani et al. 2017): each place of the query gets a mean of the values, weighted by how its
/// key fits.
///
/// For each head, with projections q, k and v of query, key and value: softmax(q kᵀ / √keyFeatures) v; a projection of all
/// heads side by side is the output.
///
/// Shapes: query `[N, T, F]`, value `[N, S, F']`, key `[N, S, F'']`, which is the value where there are two inputs; one
/// input is all three. The output is `[N, T, outputFeatures]`. For images `[N, C, H, W]` the places are the pixels. The
/// projections and the weights `[N, heads, T, S]` are kept for the backward pass.
///
/// Masks of sequences leave out places of value and key, and all places for one of the query that does not count, which
/// gets the mean of the values. The output has the mask of the query.
public final class MultiHeadAttention: MergingLayer, MaskedLayer, Sendable {
  /// The number of heads.
  public let heads: Int
  /// The features of query and key in each head.
  public let keyFeatures: Int
  /// The features of the value in each head.
  public let valueFeatures: Int
  /// The features of the output; `nil` for as many as the query has.
  public let outputFeatures: Int?
  /// The axes of a batch whose indices attend to each other, 0 the batch itself; negative ones count from the end. `nil`
  /// for all but the batch and the features. Along the others each index is by itself.
  public let axes: [Int]?
  /// In training, the share of the weights that are dropped.
  public let dropout: Float
  /// Whether a place attends to itself and those before alone.
  public let isCausal: Bool
  /// How far a place looks: to those fewer than so many steps away; `nil` for all.
  public let window: Int?

  package let query, key, value, output: Projection
  /// The factors of the heads' results, σ(query w + b); `nil` for none.
  package let gate: Projection?

  /// Makes an attention; the numbers of features of the inputs are known when the model is made. Initializers and penalties
  /// are those of each projection.
  public convenience init(
    heads: Int, keyFeatures: Int, valueFeatures: Int? = nil, outputFeatures: Int? = nil, axes: [Int]? = nil,
    dropout: Float = 0, useBias: Bool = true, useGate: Bool = false, isCausal: Bool = false, window: Int? = nil,
    initializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil, activityRegularizer: Regularizer? = nil
  ) {
    self.init(
      heads: heads, keyFeatures: keyFeatures, valueFeatures: valueFeatures, outputFeatures: outputFeatures, axes: axes,
      dropout: dropout, useGate: useGate, isCausal: isCausal, window: window,
      Projection.Options(
        useBias: useBias, initializer: initializer, biasInitializer: biasInitializer,
        kernelRegularizer: kernelRegularizer, biasRegularizer: biasRegularizer,
        activityRegularizer: activityRegularizer))
  }

  private init(
    heads: Int, keyFeatures: Int, valueFeatures: Int?, outputFeatures: Int?, axes: [Int]?, dropout: Float,
    useGate: Bool, isCausal: Bool, window: Int?, _ options: Projection.Options
  ) {
    self.heads = heads
    self.keyFeatures = keyFeatures
    self.valueFeatures = valueFeatures ?? keyFeatures
    self.outputFeatures = outputFeatures
    self.axes = axes
    self.dropout = dropout
    self.isCausal = isCausal
    self.window = window
    func projection() -> Projection { Projection(options) }
    (query, key, value, output) = (projection(), projection(), projection(), projection())
    gate = useGate ? projection() : nil
  }

  /// A new layer with the same options.
  public func makeCopy(_ copies: LayerCopies) -> any Layer {
    MultiHeadAttention(
      heads: heads, keyFeatures: keyFeatures, valueFeatures: valueFeatures, outputFeatures: outputFeatures, axes: axes,
      dropout: dropout, useGate: useGate, isCausal: isCausal, window: window, options)
  }

  /// The options of all projections.
  package var options: Projection.Options { query.options }
  /// Whether projections have a bias.
  public var useBias: Bool { options.useBias }
  /// How the first values of the weights are chosen.
  public var initializer: Initializer { options.initializer }
  /// Whether the heads' results are multiplied by a function of the query.
  public var useGate: Bool { gate != nil }

  /// Query, value and key, of which the last two may be left out.
  package func roles<Input>(of inputs: [Input]) -> (query: Input, value: Input, key: Input) {
    (inputs[0], inputs[min(1, inputs.count - 1)], inputs[inputs.count - 1])
  }

  /// Makes the weights.
  public func build(merging shapes: [Shape], using generator: inout RandomGenerator) throws -> Shape {
    func fail(_ reason: String) -> LayerError { LayerError(inputShapes: shapes, reason: reason) }
    guard (1...3).contains(shapes.count) else { throw fail("query, value and key are needed, or fewer of them") }
    let (query, value, key) = roles(of: shapes)
    guard query.rank >= 2, value.rank == query.rank, key.rank == query.rank else {
      throw fail("sequences [T, F] or images [C, H, W] are needed, all of one kind")
    }
    guard heads >= 1, keyFeatures >= 1, valueFeatures >= 1, outputFeatures ?? 1 >= 1, window ?? 1 >= 1 else {
      throw fail(
        "heads is \(heads), keyFeatures \(keyFeatures), valueFeatures \(valueFeatures), outputFeatures "
          + "\(outputFeatures.map { "\($0)" } ?? "nil"), window \(window.map { "\($0)" } ?? "nil"); at least 1 of each is needed"
      )
    }
    guard [heads, keyFeatures, valueFeatures].allSatisfy({ $0 <= Int(Int32.max) }) else {
      throw fail(
        "heads is \(heads), keyFeatures \(keyFeatures), valueFeatures \(valueFeatures), more than memory can hold")
    }
    guard (0..<1).contains(dropout) else { throw fail("the rate is \(dropout), it must lie in [0, 1)") }
    let places = try AttentionPlaces(axes: axes, of: query)
    guard places.fit(query: query, value: value), places.lengths(of: value) == places.lengths(of: key) else {
      throw fail("value and key need the same places, and the query those along axes that do not attend")
    }
    guard places.attended.count == 1 && query.rank == 2 || !isCausal && window == nil else {
      throw fail("a causal mask or a window needs sequences [T, F]")
    }
    try self.query.build(query, units: heads * keyFeatures, using: &generator)
    try self.key.build(key, units: heads * keyFeatures, using: &generator)
    try gate?.build(query, units: heads * valueFeatures, using: &generator)
    try self.value.build(value, units: heads * valueFeatures, using: &generator)
    let units = outputFeatures ?? query.featureCount
    try output.build([heads * valueFeatures], units: units, using: &generator)
    return query.replacing(axis: featureAxis(ofExample: query) - 1, with: units)
  }

  /// True: the outputs depend on the masks.
  public var usesMasks: Bool { true }

  /// The mask of the query. Throws for masks that are not those of sequences.
  public func outputMasks(masks: [Shape?], inputShapes: [Shape]) throws -> [OutputMask] {
    guard masks.contains(where: { $0 != nil }) else { return [] }
    guard inputShapes[0].rank == 2, axes == nil else {
      throw LayerError(
        inputShapes: inputShapes, reason: "an input has a mask, which works for sequences [T, F] without axes alone")
    }
    for (mask, shape) in zip(masks, inputShapes) { try require(mask: mask, fits: [shape[0]], of: inputShapes) }
    return masks[0] == nil ? [] : [.input(0)]
  }

  /// The result for query, value and key.
  public func callAsFunction(merging inputs: [Variable<Float>], _ context: Context) -> Variable<Float> {
    result(inputs, masks: inputs.map { _ in nil }, context)
  }

  /// The result for query, value and key with masks `[N, T]` and `[N, S]`.
  public func outputs(
    of inputs: [Variable<Float>], masks: [Tensor<Bool>?], _ context: Context
  ) -> [Variable<Float>] {
    [result(inputs, masks: masks, context)]
  }

  private func result(
    _ inputs: [Variable<Float>], masks: [Tensor<Bool>?], _ context: Context
  ) -> Variable<Float> {
    let (query, value, key) = roles(of: inputs)
    guard let places = try? AttentionPlaces(axes: axes, of: Shape(query.shape.dropFirst())) else {
      stop("MultiHeadAttention: an input of shape \(query.shape) has no axes \(axes ?? [])")
    }
    let (queries, keys, values) = (places.arrange(query), places.arrange(key), places.arrange(value))
    func penalized(_ x: Variable<Float>) -> Variable<Float> {
      // Of each example, although examples may be cut into several.
      guard options.activityRegularizer != nil, x.value.count > 0 else { return x }
      let examples = x.reshaped(to: [query.shape[0], x.value.count / query.shape[0]])
      _ = context.regularized(examples, by: options.activityRegularizer)
      return x
    }
    let (q, k, v) = (
      heads(penalized(self.query(queries, context)), keyFeatures),
      heads(penalized(self.key(keys, context)), keyFeatures),
      heads(penalized(self.value(values, context)), valueFeatures)
    )
    let scale = 1 / Float(keyFeatures).squareRoot()
    var weights = attend((q * scale).matmul(k.transposed()), masks: masks)
    if context.appliesDropout, dropout > 0 {
      let kept = Tensor<Bool>(bernoulli: weights.shape, probability: Double(1 - dropout), using: &context.generator)
      weights = weights.masked(by: kept, scale: 1 / (1 - dropout))
    }
    let mixed = weights.matmul(v).permuted([0, 2, 1, 3])
    var result = mixed.reshaped(to: [mixed.shape[0], mixed.shape[1], heads * valueFeatures])
    if let gate { result = result * penalized(gate(queries, context).sigmoid()) }
    return places.restore(penalized(output(result, context)), like: query.shape)
  }

  /// `[B, T, heads · features]` as `[B, heads, T, features]`.
  private func heads(_ x: Variable<Float>, _ features: Int) -> Variable<Float> {
    x.reshaped(to: [x.shape[0], x.shape[1], heads, features]).permuted([0, 2, 1, 3])
  }

  /// The weights of the values, from scores `[B, heads, T, S]`.
  private func attend(_ scores: Variable<Float>, masks: [Tensor<Bool>?]) -> Variable<Float> {
    let seen = [order(of: scores.shape)] + seen(masks)
    guard
      let counts = seen.compactMap(\.self).reduce(nil as Tensor<Float>?, { all, next in all.map { $0 * next } ?? next })
    else { return scores.softmax(axis: -1) }
    let mask = counts.broadcast(to: scores.shape).truths
    // In place of the scores, so far below all others that these no longer count, and finite: a place that sees nothing
    // takes the mean.
    let low = Tensor<Float>(repeating: -1e30, shape: mask.shape).replacing(with: 0, where: mask)
    let weights = (scores.masked(by: mask) + Variable(low)).softmax(axis: -1)
    // With dropout Keras computes in another way, in which such a place gets zeros.
    return dropout > 0 ? weights.masked(by: mask) : weights
  }

  /// 1 where a place of the query sees one of the value by their order, `[1, 1, T, S]`; `nil` where it sees all.
  private func order(of scores: Shape) -> Tensor<Float>? {
    guard isCausal || window != nil else { return nil }
    let (rows, columns) = (scores[2], scores[3])
    return Tensor(
      shape: [1, 1, rows, columns],
      scalars: (0..<rows).flatMap { row in
        (0..<columns).map { column in
          (!isCausal || column <= row) && window.map { abs(row - column) < $0 } ?? true ? 1 : 0
        }
      })
  }

  /// 1 where the masks of query, value and key let a place be seen: `[N, 1, T, 1]` and `[N, 1, 1, S]`.
  private func seen(_ masks: [Tensor<Bool>?]) -> [Tensor<Float>?] {
    let (query, value, key) = roles(of: masks)
    return [
      query.map { $0.numbers.expandingShape(at: 1).expandingShape(at: 3) },
      value.map { $0.numbers.expandingShape(at: 1).expandingShape(at: 2) },
      key.map { $0.numbers.expandingShape(at: 1).expandingShape(at: 2) },
    ]
  }

  /// The products of the projections and of the heads.
  public func multiplyAdds(inputShapes: [Shape], outputShapes: [Shape]) -> Int {
    guard let query = inputShapes.first, let places = try? AttentionPlaces(axes: axes, of: query) else { return 0 }
    let (_, value, key) = roles(of: inputShapes)
    func count(_ shape: Shape) -> Int { shape.elementCount / max(shape.featureCount, 1) }
    let own = heads * (keyFeatures + valueFeatures)
    let scores = count(query) * places.attended.reduce(1) { $0 * value[$1] } * own
    let gated = gate == nil ? 0 : query.elementCount * heads * valueFeatures
    return scores + (query.elementCount + key.elementCount) * heads * keyFeatures
      + value.elementCount * heads * valueFeatures + gated
      + count(query) * heads * valueFeatures * (outputFeatures ?? query.featureCount)
  }
}
