import Autograd
import Tensor
import TestSupport
import Testing

/// Operands that do not fit together stop with a message before anything is read beyond their end.
struct EntranceTests {
  @Test func convolutions() async {
    let bias = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = constant([1, 2, 8, 8]).convolution2D(constant([4, 2, 3, 3]), bias: constant([3]), window: Window(3))
    }
    expectMessage("[3]", in: bias)
    let fusedBias = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = constant([1, 16, 8, 8]).convolution2D(
        constant([16, 16, 3, 3]), bias: constant([3]), window: Window(3), appliesReLU: true, pools: false)
    }
    expectMessage("[3]", in: fusedBias)
    let channels = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = constant([1, 8, 8, 8]).convolution2D(
        constant([16, 16, 3, 3]), bias: nil, window: Window(3), appliesReLU: true, pools: true)
    }
    expectMessage("[16, 16, 3, 3]", in: channels)
    let window = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = constant([1, 16, 8, 8]).convolution2D(
        constant([16, 16, 3, 3]), bias: nil, window: Window(5), appliesReLU: true, pools: true)
    }
    expectMessage("convolution: the window is 5x5, the weight [16, 16, 3, 3]", in: window)
    let rank = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = constant([16, 8, 8]).convolution2D(
        constant([16, 16, 3, 3]), bias: nil, window: Window(3), appliesReLU: true, pools: true)
    }
    expectMessage("[16, 8, 8]", in: rank)
  }

  @Test func normalizations() async {
    let scale = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = constant([2, 4, 3, 3]).batchNormalized(scale: constant([3]), shift: constant([4]), epsilon: 1e-3)
    }
    expectMessage("[3]", in: scale)
    let statistics = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let statistics = ChannelStatistics(mean: Tensor<Float>(zeros: [2]), variance: Tensor(ones: [2]))
      _ = constant([2, 4]).normalized(by: statistics, scale: constant([4]), shift: constant([4]), epsilon: 1e-3)
    }
    expectMessage("[2]", in: statistics)
    let mask = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let mask = DropoutMask(kept: Tensor<Bool>(repeating: true, shape: [2, 3]), scale: 2)
      _ = constant([2, 4]).batchNormalized(dropping: mask, scale: constant([4]), shift: constant([4]), epsilon: 1e-3)
    }
    expectMessage("[2, 3]", in: mask)
    let plainMask = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = constant([2, 4]).masked(by: Tensor<Bool>(repeating: true, shape: [4]))
    }
    expectMessage("masked: the mask has shape [4]", in: plainMask)
  }

  @Test func indicesAndGradients() async {
    let gathering = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = constant([2, 4]).gathering([2])
    }
    expectMessage("2..<3 is out of range for axis 0 of shape [2, 4]", in: gathering)
    let gradient = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Variable(tracking: Tensor<Float>(zeros: [2]))
      _ = Variable(Tensor(zeros: [2]), from: (x, { _ in Tensor(zeros: [5]) })).sum().gradients()
    }
    expectMessage("gradients: a pullback returned a gradient of shape [5] for an input of shape [2]", in: gradient)
    let scalar = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = constant([]).flattenedImages()
    }
    expectMessage("flattenedImages: a batch [N, …] is needed, found []", in: scalar)
  }
}

private func constant(_ shape: Shape) -> Variable<Float> { Variable(Tensor(ones: shape)) }
