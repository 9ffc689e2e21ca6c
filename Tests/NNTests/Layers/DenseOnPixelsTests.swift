import Autograd
import NN
import Tensor
import Testing

/// A fully connected layer on the channels of each pixel is a convolution of single pixels.
struct DenseOnPixelsTests {
  @Test(arguments: [Activation.linear, .softmax]) func isAConvolutionOfSinglePixels(activation: Activation) throws {
    let dense = Dense(5, activation: activation, biasInitializer: .constant(0.5), actsOnPixels: true)
    let convolution = Conv2D(5, kernelSize: 1, activation: activation)
    let models = [
      try Sequential(input: [3, 4, 6], layers: [dense]), try Sequential(input: [3, 4, 6], layers: [convolution]),
    ]
    convolution.weight.value = dense.weight.value.permuted([1, 0]).reshaped(to: [5, 3, 1, 1])
    convolution.bias?.value = Tensor(repeating: 0.5, shape: [5])
    var generator = RandomGenerator(seed: 3)
    let x = Tensor<Float>(uniform: [2, 3, 4, 6], in: -1..<1, using: &generator)
    let upstream = Tensor<Float>(uniform: [2, 5, 4, 6], in: -1..<1, using: &generator)
    let input = Variable(tracking: x)
    let results = models.map { $0(input, Context(.training, seed: 0)) }
    let gradients = results.map { ($0 * Variable(upstream)).sum().gradients() }
    // Sums of up to 48 products below 1.
    func expectClose(_ a: Tensor<Float>, _ b: Tensor<Float>) {
      #expect(a.shape == b.shape)
      for (a, b) in zip(a.scalars, b.scalars) { #expect(abs(a - b) <= 48 * Float.ulpOfOne) }
    }
    expectClose(results[0].value, results[1].value)
    expectClose(try #require(gradients[0][input]), try #require(gradients[1][input]))
    let weight = try #require(gradients[1][convolution.weight])
    expectClose(try #require(gradients[0][dense.weight]), weight.reshaped(to: [5, 3]).permuted([1, 0]))
    let (first, second) = (try #require(dense.bias), try #require(convolution.bias))
    expectClose(try #require(gradients[0][first]), try #require(gradients[1][second]))
  }
}
