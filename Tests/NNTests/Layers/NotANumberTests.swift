import Autograd
import NN
import Tensor
import Testing

/// NaN in the input of a layer is NaN in its output, so that a broken input is seen.
struct NotANumberTests {
  /// One NaN in the middle of the image reaches the outputs whose windows see it, whatever the algorithm.
  @Test(arguments: [Activation.relu, .leakyReLU(slope: 0.1), .sigmoid, .tanh, .linear], [false, true])
  func passesConvolutions(activation: Activation, pools: Bool) throws {
    for (filters, channels, size, groups) in [
      (16, 16, 3, 1), (16, 3, 3, 1), (8, 8, 1, 1), (16, 16, 3, 16), (3, 2, 5, 1), (4, 2, 2, 2),
    ] {
      let convolution = Conv2D(
        filters, kernelSize: Size(size), padding: .same, groups: groups, activation: activation)
      let layers: [any Layer] = pools ? [convolution, MaxPool2D(2)] : [convolution]
      let model = try Sequential(input: [channels, 12, 12], layers: layers)
      var scalars = hashed([1, channels, 12, 12], seed: 1).scalars
      for channel in 0..<channels { scalars[channel * 144 + 6 * 12 + 6] = .nan }
      let x = Variable(Tensor(shape: [1, channels, 12, 12], scalars: scalars))
      let place = pools ? 3 : 6
      for mode in [Context.Mode.inference, .training] {
        let output = model(x, Context(mode)).value
        for filter in 0..<filters {
          #expect(
            output[0, filter, place, place].isNaN,
            "\(filters) of \(channels), \(size)×\(size), \(groups) groups, \(mode)")
        }
      }
    }
  }

  @Test func passesOtherLayers() throws {
    let layers: [(any Layer, Shape)] = [
      (Dense(2, activation: .relu), [3]), (Dense(2, activation: .softmax), [3]), (Flatten(), [1, 2, 2]),
      (ActivationLayer(.relu), [3]), (ActivationLayer(.leakyReLU(slope: 0.3)), [3]), (MaxPool2D(2), [1, 2, 2]),
      (AveragePool2D(2), [1, 2, 2]), (GlobalAveragePool2D(), [1, 2, 2]), (BatchNorm(), [3]), (Rescaling(2), [3]),
      (Residual { Dense(3, activation: .relu) }, [3]),
    ]
    for (layer, shape) in layers {
      let model = try Sequential(input: shape, layers: [layer])
      let batch = Shape([1] + shape)
      let output = model(Tensor<Float>(repeating: .nan, shape: batch))
      #expect(output.scalars.allSatisfy { $0.isNaN }, "\(type(of: layer))")
    }
  }
}
