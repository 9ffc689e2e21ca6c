import Autograd
import Tensor
import TestSupport
import Testing

struct ResamplingTests {
  static let kinds: [Resampling] = [.nearest, .bilinear, .bicubic, .lanczos3, .lanczos5]

  @Test(arguments: kinds)
  func gradients(kind: Resampling) {
    let cases: [(shape: Shape, size: Size)] = [
      ([1, 2, 3, 4], Size(height: 5, width: 2)), ([2, 1, 1, 3], Size(height: 2, width: 3)),
      ([1, 1, 6, 5], Size(height: 2, width: 3)),
    ]
    for (shape, size) in cases {
      for antialiases in [false, true] {
        expectGradients(at: samples(shape)) { $0[0].resized(to: size, kind, antialiases: antialiases) }
      }
    }
  }

  @Test(arguments: kinds)
  func everyLayoutGivesTheSame(kind: Resampling) {
    let x: Tensor<Double> = sample([2, 3, 4, 5])
    let size = Size(height: 3, width: 7)
    let expected = Variable(x).resized(to: size, kind).value
    for (name, layout) in everyLayout(of: x) {
      #expect(deviation(Variable(layout).resized(to: size, kind).value, from: expected) < 1e-14, "\(name)")
    }
  }

  /// Weights that add up to 1 leave an even image as it is.
  @Test(arguments: kinds)
  func anEvenImageStaysEven(kind: Resampling) {
    let even = Variable(Tensor<Double>(ones: [1, 1, 5, 4]))
    for antialiases in [false, true] {
      let resized = even.resized(to: Size(height: 3, width: 9), kind, antialiases: antialiases).value
      #expect(deviation(resized, from: Tensor(ones: [1, 1, 3, 9])) < 1e-14)
    }
  }

  @Test func repeating() {
    let x = Variable(Tensor<Double>([1, 2]))
    #expect(x.repeated(3, axis: 0).value.scalars == [1, 1, 1, 2, 2, 2])
    expectGradients(at: samples([2, 3, 2])) { $0[0].repeated(2, axis: 1) }
    expectGradients(at: samples([2, 3, 2])) { $0[0].repeated(3, axis: -1) }
  }
}
