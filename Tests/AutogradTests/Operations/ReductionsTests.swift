import Autograd
import Tensor
import Testing

struct ReductionsTests {
  /// All axes, none, one, several, counted from the end, of length 1, out of order.
  static let cases: [(Shape, [Int]?)] = [
    ([], nil), ([5], nil), ([3, 5], nil), ([3, 5], []), ([3, 5], [0]), ([3, 5], [-1]), ([2, 3, 4], [1]),
    ([2, 3, 4], [0, -1]), ([2, 3, 4], [2, 0]), ([2, 1, 3], [1]), ([2, 3, 1, 5], [0, 2, 3]),
  ]

  @Test(arguments: cases)
  func gradients(shape: Shape, axes: [Int]?) {
    for keepingAxes in [false, true] {
      expectGradients(at: samples(shape)) { $0[0].sum(axes, keepingAxes: keepingAxes) }
      expectGradients(at: samples(shape)) { $0[0].mean(axes, keepingAxes: keepingAxes) }
      expectGradients(at: samples(shape)) { $0[0].variance(axes, keepingAxes: keepingAxes) }
      expectGradients(at: samples(shape)) { $0[0].max(axes, keepingAxes: keepingAxes) }
      expectGradients(at: samples(shape)) { $0[0].min(axes, keepingAxes: keepingAxes) }
    }
  }

  /// The roundings of up to 30 additions of numbers of about 1.
  @Test(arguments: cases)
  func values(shape: Shape, axes: [Int]?) {
    let x = samples(shape)[0]
    for keepingAxes in [false, true] {
      let pairs = [
        (Variable(x).sum(axes, keepingAxes: keepingAxes).value, x.sum(axes, keepingAxes: keepingAxes)),
        (Variable(x).mean(axes, keepingAxes: keepingAxes).value, x.mean(axes, keepingAxes: keepingAxes)),
        (Variable(x).variance(axes, keepingAxes: keepingAxes).value, x.variance(axes, keepingAxes: keepingAxes)),
        (Variable(x).max(axes, keepingAxes: keepingAxes).value, x.max(axes, keepingAxes: keepingAxes)),
        (Variable(x).min(axes, keepingAxes: keepingAxes).value, x.min(axes, keepingAxes: keepingAxes)),
      ]
      for (found, expected) in pairs {
        #expect(found.shape == expected.shape)
        #expect((found - expected).absolute().max().scalar <= 1e-14)
      }
    }
  }

  @Test func tiesShareTheGradient() {
    let x = Tensor<Double>(shape: [2, 4], scalars: [1, 3, 3, 0, 2, 2, 2, 2])
    let ofMaxima = valueAndGradient(at: x) { $0.max([1]).sum() }.gradient
    #expect(ofMaxima.scalars == [0, 0.5, 0.5, 0, 0.25, 0.25, 0.25, 0.25])
    let ofMinimum = valueAndGradient(at: x) { $0.min() }.gradient
    #expect(ofMinimum.scalars == [0, 0, 0, 1, 0, 0, 0, 0])
  }
}
