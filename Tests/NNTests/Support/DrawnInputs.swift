import Tensor

/// Predictions and targets of the kinds that `draw_losses.py` and `draw_metrics.py` draw, made as there.
///
/// - Parameters:
///   - kind: the kind of numbers.
///   - shape: `[N, C, …]`.
///   - seed: of the predictions; that of the targets is one more.
///   - fromLogits: whether predictions are logits.
///   - zeroOne: whether yes and no are 1 and 0 for the kind that has signs.
///   - levels: whether predictions are rounded, so that there are ties.
func drawnInputs(
  _ kind: String, _ shape: Shape, seed: UInt64, fromLogits: Bool, zeroOne: Bool = false, levels: Bool = false
) -> (predicted: Tensor<Float>, expected: Tensor<Float>) {
  var first = hashed(shape, seed: seed)
  let second = hashed(shape, seed: seed + 1)
  if levels { first = Tensor(shape: shape, scalars: first.scalars.map { ($0 * 4).rounded(.toNearestOrEven) / 4 }) }
  let classes = Tensor(second.argmax(axis: 1).scalars.map(Float.init))
  let answers = Tensor<Float>(shape: shape, scalars: second.scalars.map { $0 > 0 ? 1 : 0 })
  var oneHot: Tensor<Float> {
    let rows = Tensor(oneHot: classes, classCount: shape[1])
    let rank = shape.rank
    return rows.reshaped(to: Shape([shape[0]] + shape.dropFirst(2) + [shape[1]]))
      .permuted([0, rank - 1] + Array(1..<rank - 1))
  }
  switch kind {
  case "quantities": return (first * 3, second * 3)
  case "counts": return (first * 1.25 + 1.5, second * 1.25 + 1.5)
  case "signs": return (first * 2, zeroOne ? answers : answers * 2 - 1)
  case "scores": return (first * 2, oneHot)
  case "shares": return (first * 0.4375 + 0.5, second * 0.4375 + 0.5)
  case "classes": return (fromLogits ? first * 3 : first + 1.5, oneHot)
  case "indices":
    return (fromLogits ? first * 3 : first + 1.5, classes.reshaped(to: Shape([shape[0]] + shape.dropFirst(2))))
  default: return (fromLogits ? first * 3 : first * 0.4375 + 0.5, answers)
  }
}
