import Tensor

/// First values whose vectors are orthogonal: a matrix `[rows, columns]` as it is, of more axes those of the filters
/// `[columns, …]` of a convolution.
func orthogonalTensor(_ shape: Shape, gain: Float, using generator: inout RandomGenerator) -> Tensor<Float> {
  guard shape.rank > 2 else { return orthogonalMatrix(shape, gain: gain, using: &generator) }
  let columns = shape[0]
  let matrix = orthogonalMatrix(
    [shape.dropFirst().reduce(1, *), columns], gain: gain, using: &generator)
  return matrix.transposed().contiguous().reshaped(to: shape)
}

/// A matrix `[rows, columns]` whose shorter side is orthonormal, uniform among all of them, times `gain` (Saxe, McClelland
/// and Ganguli 2014).
///
/// Rows of normally distributed numbers are made orthonormal one after the other (Gram and Schmidt, twice for accuracy).
private func orthogonalMatrix(_ shape: Shape, gain: Float, using generator: inout RandomGenerator) -> Tensor<Float> {
  let columns = shape.last ?? 1
  let rows = columns > 0 ? shape.elementCount / columns : 0
  let (count, length) = (min(rows, columns), max(rows, columns))
  let normal = Tensor<Double>(normal: [count, length], using: &generator).scalars
  var vectors: [[Double]] = []
  for index in 0..<count {
    var vector = Array(normal[index * length..<(index + 1) * length])
    for _ in 0..<2 {
      for other in vectors {
        let product = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
        for place in vector.indices { vector[place] -= product * other[place] }
      }
    }
    let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    vectors.append(vector.map { $0 / norm })
  }
  let matrix = Tensor<Float>(shape: [count, length], scalars: vectors.joined().map { Float($0) * gain })
  return (rows <= columns ? matrix : matrix.transposed().contiguous()).reshaped(to: shape)
}
