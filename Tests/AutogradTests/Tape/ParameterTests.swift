import Autograd
import Tensor
import TestSupport
import Testing

struct ParameterTests {
  @Test func usesOfAParameterAddUp() {
    let weight = Parameter(Tensor<Float>([2, 3]))
    let gradients = (weight.variable * weight.variable + weight.variable).sum().gradients()
    #expect(gradients[weight]?.scalars == [5, 7])
    #expect(gradients[Parameter(Tensor<Float>([2, 3]))] == nil)
  }

  @Test func gradientsOfParametersCanBeReplaced() {
    let weight = Parameter(Tensor<Float>([2, 3]))
    var gradients = weight.variable.sum().gradients()
    gradients[weight] = Tensor([7, 8])
    #expect(gradients[weight]?.scalars == [7, 8])
    gradients[weight] = nil
    #expect(gradients[weight] == nil)
  }

  @Test func updatesInPlace() {
    let weight = Parameter(Tensor<Float>(zeros: [1_000]))
    func address() -> UnsafePointer<Float>? { weight.value.withUnsafeScalars { $0.baseAddress } }
    let before = address()
    weight.update { $0.withUnsafeMutableScalars { $0[1] = 5 } }
    #expect(address() == before)
    #expect(weight.value[1] == 5)
  }

  @Test func aChangeLeavesTheTapeAlone() {
    let weight = Parameter(Tensor<Float>([2]))
    let loss = (weight.variable * weight.variable).sum()
    weight.value = Tensor([100])
    #expect(loss.gradients()[weight]?.scalars == [4])
  }

  @Test func hasNoValueUntilBuilt() async {
    let parameter = Parameter()
    #expect(!parameter.hasValue)
    parameter.value = Tensor([1])
    #expect(parameter.hasValue && parameter.value.scalars == [1])
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Parameter().value
    }
    expectMessage("Parameter: read before it had a value; was the layer built?", in: result)
  }

  @Test func buffersHoldValues() async {
    let buffer = Buffer()
    buffer.value = Tensor([1, 2])
    #expect(buffer.value.scalars == [1, 2])
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Buffer().value
    }
    expectMessage("Buffer: read before it had a value; was the layer built?", in: result)
  }
}
