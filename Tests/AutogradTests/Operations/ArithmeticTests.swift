import Autograd
import Tensor
import Testing

struct ArithmeticTests {
  /// Equal shapes, scalars, new axes, axes of length 1 on either side and on both.
  static let shapes: [(Shape, Shape)] = [
    ([], []), ([5], [5]), ([2, 3], [2, 3]), ([2, 3], []), ([], [3, 1]), ([3], [2, 3]), ([2, 3, 5], [3, 1]),
    ([2, 1, 5], [7, 1]), ([1, 1], [3, 3]), ([1, 3, 1, 2], [2, 1, 4, 1]),
  ]

  @Test(arguments: shapes)
  func betweenVariables(a: Shape, b: Shape) {
    expectGradients(at: samples(a, b)) { $0[0] + $0[1] }
    expectGradients(at: samples(a, b)) { $0[0] - $0[1] }
    expectGradients(at: samples(a, b)) { $0[0] * $0[1] }
    expectGradients(at: positiveSamples(a, b)) { $0[0] / $0[1] }
    expectGradients(at: samples(a, b)) { .maximum($0[0], $0[1]) }
    expectGradients(at: samples(a, b)) { .minimum($0[0], $0[1]) }
  }

  @Test(arguments: [[], [4], [3, 5], [2, 1, 3]] as [Shape])
  func withNumbers(shape: Shape) {
    expectGradients(at: samples(shape)) { -$0[0] }
    expectGradients(at: samples(shape)) { $0[0] + 2 }
    expectGradients(at: samples(shape)) { 2 + $0[0] }
    expectGradients(at: samples(shape)) { $0[0] - 2 }
    expectGradients(at: samples(shape)) { 2 - $0[0] }
    expectGradients(at: samples(shape)) { $0[0] * 3 }
    expectGradients(at: samples(shape)) { 3 * $0[0] }
    expectGradients(at: samples(shape)) { $0[0] / 3 }
    expectGradients(at: positiveSamples(shape)) { 3 / $0[0] }
  }

  @Test func valuesAreTheTensors() {
    let (a, b) = (Tensor<Double>([1, 4]), Tensor<Double>([2, 3]))
    let (x, y) = (Variable(a), Variable(b))
    #expect((x + y).value == a + b && (x - y).value == a - b && (x * y).value == a * b && (x / y).value == a / b)
    #expect((2 - x).value == 2 - a && (2 / x).value == 2 / a && (x - 2).value == a - 2 && (x / 2).value == a / 2)
    #expect(Variable.maximum(x, y).value.scalars == [2, 4] && Variable.minimum(x, y).value.scalars == [1, 3])
  }

  @Test func tiesGoToTheFirst() {
    let point = [Tensor<Double>([1, 2]), Tensor<Double>([1, 3])]
    let larger = valueAndGradients(at: point) { Variable.maximum($0[0], $0[1]).sum() }.gradients
    #expect(larger.map(\.scalars) == [[1, 0], [0, 1]])
    let smaller = valueAndGradients(at: point) { Variable.minimum($0[0], $0[1]).sum() }.gradients
    #expect(smaller.map(\.scalars) == [[1, 1], [0, 0]])
  }
}
