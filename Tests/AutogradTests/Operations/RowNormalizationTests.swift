import Autograd
import Tensor
import TestSupport
import Testing

struct RowNormalizationTests {
  static let shapes: [(Shape, [Int])] = [
    ([5, 3], [1]), ([5, 3], [0, 1]), ([2, 3, 4, 5], [1]), ([2, 3, 4, 5], [-1, 1]), ([2, 3, 4, 5], [1, 2, 3]),
    ([2, 3, 4], [2]), ([3, 2], []), ([1, 7], [-1]),
  ]

  @Test(arguments: shapes)
  func gradients(shape: Shape, axes: [Int]) {
    expectGradients(at: samples(shape)) { $0[0].standardized(along: axes, epsilon: 0.1) }
    expectGradients(at: samples(shape)) { $0[0].dividedByRootMeanSquare(along: axes, epsilon: 0.1) }
    expectGradients(at: samples(shape)) { $0[0].dividedByNorm(along: axes, epsilon: 1e-12) }
    // Rows that are shorter than the smallest norm, and rows that are longer.
    expectGradients(at: samples(shape).map { $0 * 0.1 }) { $0[0].dividedByNorm(along: axes, epsilon: 100) }
  }

  /// The same by elementary operations, for every layout.
  @Test(arguments: shapes)
  func areWhatTheirFormulasSay(shape: Shape, axes: [Int]) {
    for (layout, x) in everyLayout(of: samples(shape)[0]) {
      let (mean, variance) = (x.mean(axes, keepingAxes: true), x.variance(axes, keepingAxes: true))
      let squares = x.squared().sum(axes, keepingAxes: true)
      let count = Double(shape.elementCount / squares.count)
      let point = Variable(x)
      let results = [
        (point.standardized(along: axes, epsilon: 1e-3), (x - mean) / (variance + 1e-3).squareRoot()),
        (point.dividedByRootMeanSquare(along: axes, epsilon: 1e-3), x / (squares / count + 1e-3).squareRoot()),
        (point.dividedByNorm(along: axes, epsilon: 1e-12), x / squares.squareRoot()),
      ]
      // 60 terms, each rounded a few times to 2⁻⁵³ of itself.
      for (found, expected) in results { #expect(deviation(found.value, from: expected) <= 1e-13, "\(layout)") }
    }
  }

  @Test func zerosStayZeros() {
    let x = Variable(tracking: Tensor<Double>(zeros: [2, 3]))
    let y = x.dividedByNorm(along: [1], epsilon: 1e-12)
    #expect(y.value == Tensor(zeros: [2, 3]))
    #expect(y.sum().gradients()[x] == Tensor(repeating: 1e12, shape: [2, 3]))
  }

  @Test(arguments: [[0], [0, 3], [3, 0], [2, 0, 3]] as [Shape])
  func emptyTensors(shape: Shape) {
    for axes in [[0], [-1]] {
      let x = Variable(tracking: Tensor<Float>(zeros: shape))
      let y = x.standardized(along: axes, epsilon: 1e-3) + x.dividedByNorm(along: axes, epsilon: 1)
      #expect(y.sum().gradients()[x] == Tensor(zeros: shape))
    }
  }

  /// Long rows are summed up in blocks: the error does not grow with their length.
  @Test func longRows() {
    let x = samples([2, 70_000])[0] + 100
    let found = Variable(Tensor<Float>(shape: x.shape, scalars: x.scalars.map { Float($0) }))
      .standardized(along: [1], epsilon: 1e-3)
    let expected = Variable(x).standardized(along: [1], epsilon: 1e-3)
    // Numbers near 100 are rounded to 2⁻¹⁸ on the way in.
    #expect(deviation(found.value.toDouble(), from: expected.value) <= 0x1p-17)
  }
}
