import Autograd
import Tensor
import TestSupport
import Testing

struct VariableTests {
  @Test func constantsRecordNothing() {
    let (a, b) = (Variable(Tensor<Double>([1, 2])), Variable(Tensor<Double>([3, 4])))
    #expect(!a.needsGradient)
    #expect(!(a * b + 1).exp().sum().needsGradient)
    #expect(!Variable(concatenating: [a, b]).needsGradient)
    #expect((a * Variable(tracking: b.value)).needsGradient)
  }

  /// What a pullback has captured goes away at once when its input needs no gradient.
  @Test func pullbacksOfConstantsAreDropped() {
    final class Token {}
    weak var kept: Token?
    func operation(_ x: Variable<Double>) -> Variable<Double> {
      let token = Token()
      kept = token
      return Variable(
        x.value,
        from: (
          x,
          {
            extendLifetime(token)
            return $0
          }
        ))
    }
    let ofConstant = operation(Variable(Tensor([1])))
    #expect(kept == nil)
    let ofVariable = operation(Variable(tracking: Tensor([1])))
    #expect(kept != nil)
    extendLifetime((ofConstant, ofVariable))
  }

  @Test func detachedIsAConstant() {
    let x = Variable(tracking: Tensor<Double>([2, 3]))
    #expect(!x.detached().needsGradient)
    #expect(x.detached().value == x.value)
    let gradient = (x * x.detached()).sum().gradients()[x]
    #expect(gradient?.scalars == [2, 3])
  }

  @Test func anOperationOfOnesOwn() {
    func cube(_ x: Variable<Double>) -> Variable<Double> {
      Variable(x.value * x.value * x.value, from: (x, { $0 * x.value.squared() * 3 }))
    }
    func weighted(_ x: Variable<Double>, by weight: Variable<Double>) -> Variable<Double> {
      Variable(x.value * weight.value, from: [x, weight]) { [$0 * weight.value, $0 * x.value] }
    }
    expectGradients(at: samples([2, 3])) { cube($0[0]) }
    expectGradients(at: samples([2, 3], [3])) { weighted(cube($0[0]), by: $0[1]).sum() }
  }

  /// Pullbacks may return gradients as broadcast to the result.
  @Test func broadcastGradientsAreSummed() {
    let x = Variable(tracking: Tensor<Double>(shape: [3, 1], scalars: [1, 2, 3]))
    let bias = Variable(tracking: Tensor<Double>(scalar: 1))
    let gradients = (x + bias + Variable(Tensor(zeros: [2, 3, 4]))).sum().gradients()
    #expect(gradients[x] == Tensor(repeating: 8, shape: [3, 1]))
    #expect(gradients[bias] == Tensor(scalar: 24))
  }

  @Test func stopsAtAPullbackThatReturnsSomethingElse() async {
    let shape = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Variable(tracking: Tensor<Double>([1, 2, 3]))
      _ = Variable(x.value.sum(), from: (x, { _ in Tensor(zeros: [2]) })).gradients()
    }
    expectMessage("gradients: a pullback returned a gradient of shape [2] for an input of shape [3]", in: shape)
    let count = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Variable(tracking: Tensor<Double>([1, 2, 3]))
      _ = Variable(x.value.sum(), from: [x, x]) { [$0] }.gradients()
    }
    expectMessage("gradients: a pullback returned 1 gradient for 2 inputs", in: count)
  }
}
