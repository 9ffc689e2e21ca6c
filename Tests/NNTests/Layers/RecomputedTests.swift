import Autograd
import NN
import Tensor
import TestSupport
import Testing

struct RecomputedTests {
  private func layers() -> [any Layer] {
    [
      Conv2D(16, kernelSize: 3, padding: .same, activation: .relu), BatchNorm(), Dropout(0.3),
      Conv2D(16, kernelSize: 3, padding: .same), MaxPool2D(2), Dropout(0.2), BatchNorm(),
    ]
  }

  private func model(_ part: ([any Layer]) -> any Layer) throws -> Sequential {
    try Sequential(input: [3, 8, 8], seed: 4) {
      Conv2D(4, kernelSize: 1)
      Dropout(0.1)
      part(layers())
      Dropout(0.1)
      Flatten()
      Dense(3)
    }
  }

  /// The numbers of a step with and without it are the same bits: output, gradients, statistics, and what is random behind.
  @Test(arguments: [false, true]) func changesNoBit(isFrozen: Bool) throws {
    let plain = try model { layers in Sequential { layers } }
    let again = try model { layers in Recomputed { layers } }
    for model in [plain, again] where isFrozen { model.layers[0].isTrainable = false }
    let x = sample([3, 3, 8, 8]) as Tensor<Float>
    let (first, second) = (Variable(tracking: x), Variable(tracking: x))
    let outputs = [plain(first, Context(.training, seed: 9)), again(second, Context(.training, seed: 9))]
    #expect(outputs[0].value == outputs[1].value)
    let gradients = outputs.map { ($0 * Variable(sample([3, 3], seed: 2) as Tensor<Float>)).sum().gradients() }
    #expect(gradients[0][first] == gradients[1][second])
    for (one, other) in zip(plain.parameters, again.parameters) {
      #expect(gradients[0][one] == gradients[1][other])
      let hasGradient = gradients[0][one] != nil
      #expect(hasGradient == one.isTrainable)
    }
    for (one, other) in zip(plain.namedBuffers, again.namedBuffers) { #expect(one.buffer.value == other.buffer.value) }
    #expect(plain(x) == again(x))
  }

  @Test func keepsNothingInside() throws {
    let again = try model { layers in Recomputed { layers } }
    #expect(again.namedParameters.map(\.name).contains("recomputed.body.conv2d.weight"))
    #expect(again.multiplyAdds(inputShape: [3, 8, 8], outputShape: [3]) > 64 * 9 * 16 * 16)
  }

  @Test func aPenaltyOnAnOutputStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = try Sequential(input: [4]) { Recomputed { Dense(2, activityRegularizer: .l2(0.1)) } }
      _ = model(Variable(Tensor<Float>(ones: [1, 4])), Context(.training))
    }
    expectMessage("Recomputed: a layer inside has a penalty on its output", in: result)
  }
}
