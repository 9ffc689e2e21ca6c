import Tensor

extension Variable where Scalar == Float {
  /// The products of these images and a factor of each of their channels, with both gradients in one pass: y = x · f,
  /// dx = dy · f, df = Σ dy · x. Both operands are kept.
  ///
  /// Shapes: images and result `[N, C, H, W]`, factors `[N, C, 1, 1]`.
  ///
  /// - Returns: `nil` for other shapes, and where the channels of the images are not innermost in memory.
  package func scaled(byFactors factors: Variable) -> Variable? {
    guard let scaling = ImageFactors(value, factors.value) else { return nil }
    return Variable(scaling.product, from: [self, factors]) {
      let gradients = scaling.gradients($0)
      return [gradients.images, gradients.factors]
    }
  }
}
