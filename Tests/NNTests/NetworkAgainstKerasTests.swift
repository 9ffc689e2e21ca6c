import Autograd
import NN
import Optim
import Tensor
import Testing

/// The original network with the weights and batches of a Keras model, dropout off; Keras in double precision.
struct NetworkAgainstKerasTests {
  struct Reference: Decodable {
    /// Of the first four images of batch 0, in inference mode, before and after training.
    let before, after: [Double]
    /// Of the first batch, for each parameter.
    let gradientNorms: [Double]
    let losses: [Double]
  }

  @Test func theFirstTenLossesAreThoseOfKeras() throws {
    let reference = try #require(try (references("network.json") as [String: Reference])["network"])
    let model = try originalNetwork(dropout: 0)
    setParameters(of: model)
    let probe = batch(0).images[0..<4]
    expectClose(model(probe), reference.before, tolerance: 1e-5, "forward")

    let optimizer = Adam(learningRate: 1e-5)
    for step in 0..<10 {
      let (images, targets) = batch(step)
      let loss = CategoricalCrossEntropy()(model(Variable(images), Context(.training)), targets)
      let gradients = loss.gradients()
      #expect(abs(Double(loss.value.scalar) / reference.losses[step] - 1) < 1e-4, "loss \(step): \(loss.value.scalar)")
      if step == 0 {
        for (index, (name, parameter)) in model.namedParameters.enumerated() {
          let norm = try #require(gradients[parameter]).toDouble().squared().sum().scalar.squareRoot()
          // Those of vectors are sums over all pixels that nearly cancel, for what they add a normalization takes off:
          // a single ReLU that rounding puts on the other side of 0 shows there.
          let tolerance = parameter.value.rank == 1 ? 2e-3 : 1e-4
          #expect(abs(norm / reference.gradientNorms[index] - 1) < tolerance, "gradient of \(name): \(norm)")
        }
      }
      optimizer.update(model.parameters, with: gradients)
    }
    expectClose(model(probe), reference.after, tolerance: 1e-4, "after training")
  }

  /// Weights within the limits of Glorot's initialization, biases within 0.05.
  private func setParameters(of model: Sequential) {
    for (index, (name, parameter)) in model.namedParameters.enumerated() where !name.contains("batch_norm") {
      let shape = parameter.value.shape
      let area = shape.dropFirst(2).reduce(1, *)
      let limit = shape.rank == 1 ? 0.05 : Float((6 / Double((shape[0] + shape[1]) * area)).squareRoot())
      parameter.value = hashed(shape, seed: UInt64(index), limit: limit)
    }
  }

  /// Each image shows the blocks of its class, and noise.
  private func batch(_ number: Int) -> (images: Tensor<Float>, targets: Tensor<Float>) {
    let classes = (0..<32).map { ($0 * 5 + number) % 11 }
    let blocks = hashed([11, 3, 8, 8], seed: 999).gathering(classes).reshaped(to: [32, 3, 8, 1, 8, 1])
    let patterns = blocks.broadcast(to: [32, 3, 8, 8, 8, 8]).reshaped(to: [32, 3, 64, 64])
    let noise = hashed([32, 3, 64, 64], seed: 1_000 + UInt64(number))
    return (0.5 + 0.375 * patterns + 0.125 * noise, Tensor(oneHot: Tensor(classes.map { Float($0) }), classCount: 11))
  }
}
