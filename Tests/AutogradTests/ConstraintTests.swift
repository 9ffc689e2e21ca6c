import Autograd
import Tensor
import Testing

/// Constraints on numbers whose norms are known. Against Keras they are held with all layers that have them.
struct ConstraintTests {
  /// Columns of norms 5, 13 and 0.
  private let value = Tensor<Float>(shape: [2, 3], scalars: [3, 5, 0, -4, 12, 0])

  private func expect(_ constraint: Constraint, gives expected: [Float]) {
    let found = constraint(value)
    #expect(found.shape == value.shape)
    // 10⁻⁷ is added to each norm.
    for (found, expected) in zip(found.scalars, expected) { #expect((found - expected).magnitude <= 1e-6 * 13) }
  }

  @Test func normsAlongAnAxis() {
    expect(.maxNorm(6.5, axes: [0]), gives: [3, 2.5, 0, -4, 6, 0])
    expect(.unitNorm(axes: [0]), gives: [0.6, 5 / 13, 0, -0.8, 12 / 13, 0])
    expect(.minMaxNorm(minimum: 10, maximum: 26, axes: [0]), gives: [6, 5, 0, -8, 12, 0])
    expect(.minMaxNorm(minimum: 10, maximum: 26, rate: 0.5, axes: [0]), gives: [4.5, 5, 0, -6, 12, 0])
  }

  @Test func normsOverAllAxes() {
    let norm = Float(194).squareRoot()
    expect(.unitNorm(), gives: value.scalars.map { $0 / norm })
    expect(.maxNorm(norm * 2), gives: value.scalars)
  }

  @Test func noElementIsNegative() { expect(.nonNegative, gives: [3, 5, 0, 0, 12, 0]) }

  @Test func aLayerSaysAlongWhichAxes() {
    #expect(Constraint.maxNorm(3).over([1, 2]) == .maxNorm(3, axes: [1, 2]))
    #expect(Constraint.unitNorm(axes: [0]).over([1, 2]) == .unitNorm(axes: [0]))
    #expect(Constraint.nonNegative.over([1]) == .nonNegative)
  }

  @Test(arguments: [Constraint.maxNorm(), .minMaxNorm(), .unitNorm(), .unitNorm(axes: [1]), .nonNegative])
  func emptyTensors(constraint: Constraint) {
    for shape: Shape in [[0, 3], [3, 0]] { #expect(constraint(Tensor(zeros: shape)).shape == shape) }
  }
}
