import Autograd
import Tensor

/// What ``Attention`` and ``AdditiveAttention`` have in common: everything but the scores.
struct AttentionScores {
  let query, value, key: Variable<Float>
  private let queryMask, valueMask: Tensor<Bool>?
  private let dropout: Float
  private let isCausal: Bool

  init(_ inputs: [Variable<Float>], masks: [Tensor<Bool>?], dropout: Float, isCausal: Bool) {
    require(
      (2...3).contains(inputs.count) && inputs.allSatisfy { $0.shape.rank == 3 },
      "attention: query, value and perhaps key [N, T, F] are needed, found \(inputs.map(\.shape))")
    (query, value, key) = (inputs[0], inputs[1], inputs[inputs.count - 1])
    (queryMask, valueMask) = (masks[0], masks[1])
    (self.dropout, self.isCausal) = (dropout, isCausal)
  }

  /// The sum of each place of the query and each one of the key, `[N, T, S, F]`.
  var sums: Variable<Float> {
    let (count, features) = (query.shape[0], query.shape[2])
    return query.reshaped(to: [count, query.shape[1], 1, features])
      + key.reshaped(to: [count, 1, key.shape[1], features])
  }

  /// The values weighted by scores `[N, T, S]`.
  func result(_ scores: Variable<Float>, _ context: Context) -> Variable<Float> {
    let shape = scores.shape
    // As Keras does it: a place that sees nothing takes the mean.
    let seen = [valueMask.map { $0.numbers.expandingShape(at: 1) }, order(rows: shape[1], columns: shape[2])]
      .compactMap(\.self)
    let low = seen.isEmpty ? nil : (seen.dropFirst().reduce(seen[0], *) - 1) * 1e9
    var weights = (low.map { scores + Variable($0) } ?? scores).softmax(axis: -1)
    if context.appliesDropout, dropout > 0 {
      let kept = Tensor<Bool>(bernoulli: shape, probability: Double(1 - dropout), using: &context.generator)
      weights = weights.masked(by: kept, scale: 1 / (1 - dropout))
    }
    let output = weights.matmul(value)
    return queryMask.map { output.masked(by: $0.repeated(axis: 2, to: output.shape)) } ?? output
  }

  /// 1 where a place of the query sees one of the value by their order; `nil` where it sees all.
  private func order(rows: Int, columns: Int) -> Tensor<Float>? {
    guard isCausal else { return nil }
    return Tensor(
      shape: [1, rows, columns],
      scalars: (0..<rows).flatMap { row in (0..<columns).map { $0 <= row ? 1 : 0 } })
  }

  /// The shape of the output for those of query, value and key.
  static func shape(of shapes: [Shape], dropout: Float) throws -> Shape {
    func fail(_ reason: String) -> LayerError { LayerError(inputShapes: shapes, reason: reason) }
    guard (2...3).contains(shapes.count), shapes.allSatisfy({ $0.rank == 2 }) else {
      throw fail("a query, a value and perhaps a key are needed, sequences [T, F]")
    }
    let (query, value, key) = (shapes[0], shapes[1], shapes[shapes.count - 1])
    guard query[1] == key[1], value[0] == key[0] else {
      throw fail("the key needs as many features as the query, and as many places as the value")
    }
    guard (0..<1).contains(dropout) else { throw fail("the rate is \(dropout), it must lie in [0, 1)") }
    return [query[0], value[1]]
  }

  static func outputMasks(masks: [Shape?], inputShapes: [Shape]) throws -> [OutputMask] {
    for (mask, shape) in zip(masks, inputShapes) { try require(mask: mask, fits: [shape[0]], of: inputShapes) }
    return masks.first.flatMap(\.self) == nil ? [] : [.input(0)]
  }

  static func multiplyAdds(_ shapes: [Shape]) -> Int {
    guard shapes.count > 1 else { return 0 }
    return shapes[0][0] * shapes[1][0] * (shapes[0][1] + shapes[1][1])
  }
}
