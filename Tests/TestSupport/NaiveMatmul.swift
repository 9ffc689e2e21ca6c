import Tensor

/// The product of two matrices by its definition.
public func naiveMatmul<Scalar: FloatingScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>) -> Tensor<Scalar> {
  let (m, k, n) = (a.shape[0], a.shape[1], b.shape[1])
  let (x, y) = (a.scalars, b.scalars)
  var result = [Scalar](repeating: 0, count: m * n)
  for i in 0..<m {
    for j in 0..<n {
      for l in 0..<k { result[i * n + j] += x[i * k + l] * y[l * n + j] }
    }
  }
  return Tensor(shape: [m, n], scalars: result)
}
