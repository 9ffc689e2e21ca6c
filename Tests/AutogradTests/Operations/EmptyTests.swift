import Autograd
import Tensor
import TestSupport
import Testing

/// Every operation over tensors without elements: an empty result or the neutral element, and gradients of zeros.
struct EmptyOperationsTests {
  static let shapes: [Shape] = [[0], [0, 3], [3, 0], [2, 0, 3], [0, 0]]

  /// Checks the shapes of the gradients, all of which are zeros or nothing.
  private func expectZeros(
    _ shapes: Shape..., sourceLocation: SourceLocation = #_sourceLocation,
    of function: ([Variable<Float>]) -> Variable<Float>
  ) {
    let inputs = shapes.map { Variable(tracking: Tensor<Float>(zeros: $0)) }
    let result = function(inputs)
    let gradients = result.sum().gradients()
    for input in inputs {
      #expect(
        gradients[input] == Tensor(zeros: input.shape), "input of \(input.shape)", sourceLocation: sourceLocation)
    }
  }

  @Test(arguments: shapes)
  func elementwise(shape: Shape) {
    let mask = Tensor<Bool>(repeating: true, shape: shape)
    let functions: [(Variable<Float>) -> Variable<Float>] = [
      { $0.exp() }, { $0.log() }, { $0.squareRoot() }, { $0.squared() }, { $0.absolute() }, { $0.tanh() },
      { $0.sigmoid() }, { $0.relu() }, { $0.leakyReLU(slope: 0.1) }, { $0.clipped(to: -1...1) },
      { $0.masked(by: mask) },
      { -$0 }, { $0 + 1 }, { 1 - $0 }, { $0 * 2 }, { $0 / 2 }, { 1 / $0 }, { $0.softmax() }, { $0.logSoftmax(axis: 0) },
      { $0.sum([0]) }, { $0.sum() }, { $0.reshaped(to: [0, 7]) }, { $0.flattenedImages() },
      { $0.permuted(Array($0.shape.indices.reversed())) }, { $0.broadcast(to: Shape([4] + $0.shape)) },
      { $0.slice(0..<0, axis: 0) }, { $0.gathering([]) }, { Variable(concatenating: [$0, $0], axis: 0) },
      { Variable(stacking: [$0, $0], axis: 0) },
    ]
    for function in functions { expectZeros(shape) { function($0[0]) } }
    expectZeros(shape, shape) { $0[0] + $0[1] }
    expectZeros(shape, shape) { $0[0] - $0[1] }
    expectZeros(shape, shape) { $0[0] * $0[1] }
    expectZeros(shape, shape) { $0[0] / $0[1] }
    expectZeros(shape, shape) { Variable.maximum($0[0], $0[1]) }
    expectZeros(shape, shape) { Variable.minimum($0[0], $0[1]) }
    // A number that was broadcast to nothing has had no influence.
    expectZeros(shape, [1]) { $0[0] * $0[1] }
  }

  @Test func padding() {
    let x = Variable(tracking: Tensor<Float>(zeros: [0, 2]))
    let padded = x.padded([(1, 1), (0, 0)], with: 3)
    #expect(padded.value == Tensor(repeating: 3, shape: [2, 2]))
    #expect(padded.sum().gradients()[x]?.shape == [0, 2])
  }

  @Test(arguments: shapes)
  func reductions(shape: Shape) throws {
    let x = Variable(tracking: Tensor<Float>(zeros: shape))
    #expect(x.sum().value.scalar == 0)
    #expect(x.mean().value.scalar.isNaN && x.variance().value.scalar.isNaN)
    #expect(x.mean().gradients()[x]?.shape == shape)
    for axis in shape.indices {
      let mean = x.mean([axis])
      #expect(mean.value.scalars.allSatisfy { $0.isNaN == (shape[axis] == 0) })
      let variance = x.variance([axis], keepingAxes: true)
      #expect(variance.value.scalars.allSatisfy { $0.isNaN == (shape[axis] == 0) })
    }
  }

  @Test func products() {
    expectZeros([0, 3], [3, 2]) { $0[0].matmul($0[1]) }
    expectZeros([2, 3], [3, 0]) { $0[0].matmul($0[1]) }
    expectZeros([2, 0], [0, 3]) { $0[0].matmul($0[1]) }
    expectZeros([0, 2, 3], [3, 4]) { $0[0].matmul($0[1]) }
    #expect(
      Variable(Tensor<Float>(zeros: [2, 0])).matmul(Variable(Tensor(zeros: [0, 3]))).value == Tensor(zeros: [2, 3]))
  }

  @Test func crossEntropies() {
    for shape in [[0, 3], [0, 3, 2, 2], [2, 3, 0]] as [Shape] {
      let targets = Tensor<Float>(zeros: shape)
      expectZeros(shape) { $0[0].crossEntropy(targets, axis: 1, within: 1e-7...1) }
      expectZeros(shape) { $0[0].softmax(axis: 1).crossEntropy(targets, axis: 1, within: 1e-7...1) }
      expectZeros(shape) { $0[0].softmaxCrossEntropy(targets, axis: 1) }
      expectZeros(shape) { $0[0].binaryCrossEntropy(targets, within: 1e-7...0.9) }
      expectZeros(shape) { $0[0].sigmoid().binaryCrossEntropy(targets, within: 1e-7...0.9) }
      expectZeros(shape) { $0[0].sigmoidCrossEntropy(targets) }
    }
  }

  /// No images, and images without rows or columns where padding makes some; 3×3 with the fast algorithms, others without.
  @Test(arguments: [[0, 2, 6, 6], [0, 16, 12, 12], [2, 2, 0, 6], [2, 2, 6, 0], [1, 16, 0, 0]] as [Shape])
  func convolutions(shape: Shape) {
    let channels = shape[1]
    for (size, padding) in [(3, 2), (1, 1), (2, 2)] {
      let window = Window(Size(size), padding: .explicit(top: padding, bottom: padding, left: padding, right: padding))
      let weight: Shape = [16, channels, size, size]
      expectZeros(shape, weight) { $0[0].convolution2D($0[1], window: window) }
      for pools in [false, true] {
        expectZeros(shape, weight) {
          $0[0].convolution2D($0[1], bias: nil, window: window, appliesReLU: true, pools: pools)
        }
      }
    }
    let depthwise: Shape = [channels, 1, 3, 3]
    let window = Window(3, padding: .explicit(top: 2, bottom: 2, left: 2, right: 2))
    expectZeros(shape, depthwise) { $0[0].convolution2D($0[1], window: window, groups: channels) }
  }

  @Test func windows() {
    expectZeros([0, 2, 6, 6]) { $0[0].maxPool2D(Window(2, stride: 2)) }
    expectZeros([0, 2, 6, 6]) { $0[0].averagePool2D(Window(3, stride: 2, padding: .same)) }
    expectZeros([2, 0, 6, 6]) { $0[0].maxPool2D(Window(2, stride: 2)) }
    expectZeros([2, 0, 6, 6]) { $0[0].averagePool2D(Window(2, stride: 2)) }
  }

  @Test(arguments: [[0, 3], [0, 3, 2, 2], [2, 3, 0, 4]] as [Shape])
  func normalizations(shape: Shape) {
    let statistics = ChannelStatistics(mean: Tensor<Float>(zeros: [3]), variance: Tensor(ones: [3]))
    expectZeros(shape, [3], [3]) { $0[0].normalized(by: statistics, scale: $0[1], shift: $0[2], epsilon: 1e-3) }
    let inputs = [shape, [3], [3]].map { Variable(tracking: Tensor<Float>(zeros: $0)) }
    let (output, _) = inputs[0].batchNormalized(scale: inputs[1], shift: inputs[2], epsilon: 1e-3)
    #expect(output.shape == shape)
    let gradients = output.sum().gradients()
    for input in inputs { #expect(gradients[input]?.shape == input.shape) }
    #expect(gradients[inputs[2]] == Tensor(zeros: [3]))
  }
}
