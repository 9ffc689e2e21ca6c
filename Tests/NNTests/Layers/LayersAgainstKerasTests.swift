import Autograd
import NN
import Tensor
import Testing

/// Outputs and gradients of layers with hashed parameters, by Keras in double precision.
struct LayersAgainstKerasTests {
  struct Reference: Decodable {
    let output: [Double]
    /// With respect to the input and each parameter.
    let gradients: [[Double]]
  }

  struct BatchNormReference: Decodable {
    let output, inferenceOutput: [Double]
    let gradients, inferenceGradients: [[Double]]
    /// Mean and variance after three steps.
    let running: [[Double]]
  }

  /// Sums of up to 60 products, each rounded to 2⁻²⁴ of numbers not above the largest.
  static let tolerance = 60 * 0x1p-24

  @Test(arguments: try (references("layers.json") as [String: Reference]).keys.sorted())
  func outputAndGradients(name: String) throws {
    let reference = try #require(try (references("layers.json") as [String: Reference])[name])
    let layerCase = try #require(LayerCase.all.first { $0.name == name })
    try build(layerCase.layer, batch: layerCase.input.shape)
    let (output, gradients) = try pass(layerCase.layer, layerCase.input, .training)
    expectClose(output, reference.output, tolerance: Self.tolerance, "output")
    #expect(gradients.count == reference.gradients.count)
    for (index, gradient) in gradients.enumerated() {
      expectClose(gradient, reference.gradients[index], tolerance: Self.tolerance, "gradient \(index)")
    }
    expectClose(layerCase.layer(layerCase.input), reference.output, tolerance: Self.tolerance, "inference")
  }

  @Test func batchNorm() throws {
    let all: [String: BatchNormReference] = try references("batch_norm.json")
    let cases: [(name: String, shape: Shape, layer: BatchNorm)] = [
      ("images", [3, 4, 3, 2], BatchNorm()),
      ("features", [6, 4], BatchNorm()),
      ("momentum and epsilon", [6, 4], BatchNorm(momentum: 0.9, epsilon: 0.1)),
      ("without scale", [3, 2, 3, 2], BatchNorm(useScale: false)),
      ("without shift", [3, 2, 3, 2], BatchNorm(useShift: false)),
    ]
    // The batch is divided by its deviation, of about 1, once more in the gradient.
    let tolerance = 2 * Self.tolerance
    for (name, shape, layer) in cases {
      let reference = try #require(all[name])
      try build(layer, batch: shape)
      let x = hashed(shape, seed: 1, limit: 2) + 0.5
      let (output, gradients) = try pass(layer, x, .training)
      expectClose(output, reference.output, tolerance: tolerance, name)
      for (found, expected) in zip(gradients, reference.gradients) {
        expectClose(found, expected, tolerance: tolerance, name)
      }
      for seed: UInt64 in [11, 21] { _ = try pass(layer, hashed(shape, seed: seed, limit: 2) + 0.5, .training) }
      expectClose(layer.runningMean.value, reference.running[0], tolerance: Self.tolerance, name)
      expectClose(layer.runningVariance.value, reference.running[1], tolerance: Self.tolerance, name)

      let (inferred, inferenceGradients) = try pass(layer, x, .inference)
      expectClose(inferred, reference.inferenceOutput, tolerance: tolerance, name)
      expectClose(inferenceGradients[0], reference.inferenceGradients[0], tolerance: tolerance, name)
      #expect(inferenceGradients.count == 1, "parameters are constants in inference")
    }
  }
}

/// The output of a layer, and its gradients with respect to the input and to all parameters that got one, for hashed
/// gradients of the output.
func pass(
  _ layer: any Layer, _ input: Tensor<Float>, _ mode: Context.Mode
) throws -> (output: Tensor<Float>, gradients: [Tensor<Float>]) {
  let x = Variable(tracking: input)
  let output = layer(x, Context(mode))
  let gradients = (output * Variable(hashed(output.shape, seed: 100))).sum().gradients()
  return (output.value, [try #require(gradients[x])] + layer.parameters.compactMap { gradients[$0] })
}
