import Autograd
import NN
import Tensor
import Testing

/// The mathematics of each layer is checked against differences in double precision, and the layer against that.
struct LayerGradientTests {
  @Test(arguments: LayerCase.all.map(\.name).filter { $0 != "max pool ties" })
  func mathematics(name: String) throws {
    let layerCase = try #require(LayerCase.all.first { $0.name == name })
    try build(layerCase.layer, batch: layerCase.input.shape)
    let parameters = layerCase.layer.parameters.map { $0.value.toDouble() }
    let check = checkGradient(at: [layerCase.input.toDouble()] + parameters, of: layerCase.mathematics)
    #expect(check.passes, "\(check)")
  }

  @Test(arguments: LayerCase.all.map(\.name))
  func layerEqualsItsMathematics(name: String) throws {
    let layerCase = try #require(LayerCase.all.first { $0.name == name })
    let layer = layerCase.layer
    try build(layer, batch: layerCase.input.shape)
    let (output, gradients) = try pass(layer, layerCase.input, .training)
    let upstream = Variable(hashed(output.shape, seed: 100).toDouble())
    let inputs = [layerCase.input] + layer.parameters.map(\.value)
    let (_, exact) = valueAndGradients(at: inputs.map { $0.toDouble() }) {
      (layerCase.mathematics($0) * upstream).sum()
    }
    #expect(gradients.count == exact.count)
    for (found, exact) in zip(gradients, exact) {
      #expect(found.shape == exact.shape)
      expectClose(found, exact.scalars, tolerance: LayersAgainstKerasTests.tolerance, name)
    }
  }

  @Test(arguments: [Shape([3, 2, 3, 2]), [5, 3]])
  func batchNorm(shape: Shape) {
    let channels = Shape([shape[1]])
    let point = [hashed(shape, seed: 1), hashed(channels, seed: 2), hashed(channels, seed: 3)].map { $0.toDouble() }
    let training = checkGradient(at: point) {
      $0[0].batchNormalized(scale: $0[1], shift: $0[2], epsilon: 1e-3).output
    }
    #expect(training.passes, "\(training)")

    let statistics = ChannelStatistics(
      mean: hashed(channels, seed: 4).toDouble(), variance: hashed(channels, seed: 5).toDouble() + 1.5)
    let inference = checkGradient(at: point) {
      $0[0].normalized(by: statistics, scale: $0[1], shift: $0[2], epsilon: 1e-3)
    }
    #expect(inference.passes, "\(inference)")
  }
}
