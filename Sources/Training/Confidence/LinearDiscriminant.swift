import Tensor

/// Tells classes apart by their means, with one covariance for all of them (Fisher 1936, "The use of multiple measurements in
/// taxonomic problems").
///
/// The covariance Σ within the classes, of D features, is shrunk towards a sphere (Friedman 1989, "Regularized Discriminant
/// Analysis"), so that it can be inverted however few the examples are: S = (1 - s) Σ + s tr(Σ) / D · I. With the mean μ of all
/// examples and the mean μₖ of class k, the score of the class is
///
///     gₖ(x) = (x - μ)ᵀ S⁻¹ (μₖ - μ) - ½ (μₖ - μ)ᵀ S⁻¹ (μₖ - μ)
///
/// A softmax of the scores gives the probabilities of classes that are equally common. 2 gₖ(x) is by how much x is nearer to
/// class k than to the mean of all examples, in squares of the Mahalanobis distance (Ren et al. 2021, "A Simple Fix to
/// Mahalanobis Distance for Improving Near-OOD Detection").
package struct LinearDiscriminant: Equatable, Sendable {
  /// `[D, K]`.
  package let weight: Tensor<Float>
  /// `[K]`.
  package let bias: Tensor<Float>

  /// Fits the scores to examples. A class without examples has a score that is lower than all others.
  ///
  /// Cost: some dozens of products of the features with K columns. S is never formed: its inverse is applied by conjugate
  /// gradients.
  ///
  /// - Parameters:
  ///   - features: the features, `[N, D]`, at least one row.
  ///   - labels: the class of each row.
  ///   - classCount: K.
  ///   - shrinkage: s, above 0 and at most 1.
  init(_ features: Tensor<Float>, labels: [Int], classCount: Int, shrinkage: Float = 0.5) {
    require(
      features.rank == 2 && features.shape[0] == labels.count && !labels.isEmpty,
      "LinearDiscriminant: features \(features.shape) for \(counted(labels.count, "label"))")
    let (count, width) = (labels.count, features.shape[1])
    let mean = features.mean([0], keepingAxes: true)
    let indicators = Tensor(oneHot: Tensor(labels.map { Float($0) }), classCount: classCount)
    let sizes = indicators.sum([0]).scalars
    let shares = Tensor(shape: [classCount, 1], scalars: sizes.map { 1 / max($0, 1) })
    let present = Tensor(shape: [classCount, 1], scalars: sizes.map { $0 > 0 ? Float(1) : 0 })
    let offsets = ((indicators.transposed().matmul(features)) * shares - mean) * present
    let within = features - mean - offsets.gathering(labels)
    let trace = within.squared().sum().scalar / Float(count)
    let floor = trace > 0 ? shrinkage * trace / Float(width) : 1
    let goal = offsets.transposed().contiguous()
    let transposed = within.transposed()
    weight = Self.solve(for: goal) { columns in
      transposed.matmul(within.matmul(columns)) * ((1 - shrinkage) / Float(count)) + columns * floor
    }
    let half = (goal * weight).sum([0]) * -0.5
    let absent = Tensor(sizes.map { $0 > 0 ? Float(0) : -1e30 })
    bias = half - mean.matmul(weight).reshaped(to: [classCount]) + absent
  }

  init(weight: Tensor<Float>, bias: Tensor<Float>) {
    (self.weight, self.bias) = (weight, bias)
  }

  /// The score of each class, `[N, D]` → `[N, K]`.
  func scores(of features: Tensor<Float>) -> Tensor<Float> { features.matmul(weight) + bias }

  /// Solves S v = b for each column b by conjugate gradients (Hestenes and Stiefel 1952), up to a residual of 1e-5 of b.
  private static func solve(
    for goal: Tensor<Float>, applying product: (Tensor<Float>) -> Tensor<Float>
  ) -> Tensor<Float> {
    func row(_ values: [Float]) -> Tensor<Float> { Tensor(shape: [1, values.count], scalars: values) }
    func squares(_ columns: Tensor<Float>) -> [Float] { columns.squared().sum([0]).scalars }
    var solution = Tensor<Float>(zeros: goal.shape)
    var (residual, direction) = (goal, goal)
    var norms = squares(goal)
    let limits = norms.map { $0 * 1e-10 }
    for _ in 0..<200 where zip(norms, limits).contains(where: { $0 > $1 }) {
      let image = product(direction)
      let curvatures = (direction * image).sum([0]).scalars
      let steps = zip(norms, curvatures).map { $1 > 0 ? $0 / $1 : 0 }
      solution = solution + direction * row(steps)
      residual = residual - image * row(steps)
      let next = squares(residual)
      direction = residual + direction * row(zip(next, norms).map { $1 > 0 ? $0 / $1 : 0 })
      norms = next
    }
    return solution
  }
}
