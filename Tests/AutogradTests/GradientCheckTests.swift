import Autograd
import Tensor
import Testing

struct GradientCheckTests {
  /// 3x with the gradient of 3.001x.
  private func wrong(_ x: Variable<Double>) -> Variable<Double> {
    Variable(x.value * 3, from: (x, { $0 * 3.001 }))
  }

  @Test func catchesAWrongPullback() {
    let check = checkGradient(at: samples([2], [3])) { ($0[0].sum() + wrong($0[1]).sum()).squared() }
    #expect(!check.passes)
    #expect(check.place.input == 1)
    #expect(check.largestError > 1e-4)
    #expect(check.description.hasPrefix("input 1, element "))
  }

  @Test func catchesAForgottenInput() {
    #expect(!checkGradient(at: samples([2])) { Variable($0[0].value * $0[0].value, from: ($0[0], { $0 })) }.passes)
    #expect(!checkGradient(at: samples([2])) { $0[0] * $0[0].detached() }.passes)
  }

  /// A gradient of ones would not show it: the sum of a softmax is constant.
  @Test func catchesWhatASumWouldHide() {
    func uncoupled(_ x: Variable<Double>) -> Variable<Double> {
      Variable(x.value.softmax(), from: (x, { $0 * 0 }))
    }
    #expect(!checkGradient(at: samples([4])) { uncoupled($0[0]) }.passes)
  }

  @Test func notANumberFails() {
    let check = checkGradient(at: samples([2])) { x in
      Variable(x[0].value, from: (x[0], { $0 * Double.nan }))
    }
    #expect(!check.passes)
    #expect(check.largestError == .infinity)
  }

  @Test func finishesOnEmptyInputs() {
    #expect(checkGradient(at: samples([0, 3])) { $0[0] * 2 }.passes)
  }

  /// A whole small network: what an operation alone may hide shows in their chain.
  @Test func aNetwork() {
    let point = samples([2, 3, 6, 5], [4, 3, 3, 3], [4], [4], [4], [24, 3], [3])
    expectGradients(at: point) { v in
      v[0].convolution2D(v[1], bias: v[2], window: Window(3, padding: .same)).relu().maxPool2D(Window(2, stride: 2))
        .batchNormalized(scale: v[3], shift: v[4], epsilon: 1e-3).output.flattenedImages().matmul(v[5]).logSoftmax()
        * v[6]
    }
  }
}
