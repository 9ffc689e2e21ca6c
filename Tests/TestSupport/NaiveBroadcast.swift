import Tensor

/// The reference for all operations on two tensors that broadcast: element by element, by the definition.
public func naiveCombined<Scalar, Result>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, _ combine: (Scalar, Scalar) -> Result
) -> Tensor<Result> {
  let rank = Swift.max(a.rank, b.rank)
  let (aShape, bShape) = (aligned(a.shape, rank), aligned(b.shape, rank))
  let shape = Shape(zip(aShape, bShape).map { $0 == 1 ? $1 : $0 })
  let (x, y) = (a.scalars, b.scalars)
  let scalars = (0..<shape.elementCount).map { place -> Result in
    var (rest, xPlace, yPlace, xStride, yStride) = (place, 0, 0, 1, 1)
    for axis in shape.indices.reversed() {
      let index = rest % shape[axis]
      rest /= shape[axis]
      if aShape[axis] > 1 { xPlace += index * xStride }
      if bShape[axis] > 1 { yPlace += index * yStride }
      xStride *= aShape[axis]
      yStride *= bShape[axis]
    }
    return combine(x[xPlace], y[yPlace])
  }
  return Tensor(shape: shape, scalars: scalars)
}

private func aligned(_ shape: Shape, _ rank: Int) -> [Int] {
  [Int](repeating: 1, count: rank - shape.rank) + shape.dimensions
}

/// Pairs of shapes that broadcast to one: equal, scalar, trailing vector, channel, both ways, empty.
public let broadcastingShapes: [(Shape, Shape)] = [
  ([], []), ([3], []), ([], [2, 3]), ([2, 3], [3]), ([3], [2, 3]), ([2, 1], [1, 3]), ([2, 3, 4, 5], [3, 1, 1]),
  ([3, 1, 1], [2, 3, 4, 5]), ([4, 1, 5], [3, 1]), ([0, 3], [3]), ([2, 0], [1, 1]), ([7, 129, 65], [7, 129, 65]),
  ([300, 257], [257]), ([300, 257], [300, 1]),
]
