import Autograd
import NN
import Tensor
import TestSupport
import Testing

/// A batch that does not fit the cache is computed in slices, with the results of its examples.
struct BatchSlicesTests {
  /// Values of 6 MB for each example: seven of them do not fit the cache.
  private func model(_ other: (any Layer)? = nil) throws -> Model {
    let image = Input([4, 64, 64])
    var x = ActivationLayer(.silu)(Conv2D(192, kernelSize: 1)(image))
    if let other { x = other(x) }
    x = BatchNorm()(DepthwiseConv2D(kernelSize: 3, padding: .same)(x))
    let y = Conv2D(4, kernelSize: 1)(x)
    return try Model(inputs: [image], outputs: [GlobalAveragePool2D()(y + image), y], seed: 3)
  }

  /// The same operations on the same numbers in the same order, so the same bits.
  @Test func slicesGiveTheResultsOfExamples() throws {
    let model = try model()
    let images: Tensor<Float> = sample([7, 4, 64, 64])
    let together = model.outputs(of: [images])
    for example in 0..<7 {
      let alone = model.outputs(of: [images[example..<example + 1]])
      for (all, one) in zip(together, alone) { #expect(all[example..<example + 1] == one) }
    }
    let again = model.outputs(of: [images])
    #expect(again == together)
  }

  /// A layer of somebody else may compare the examples of a batch, so it gets all of them.
  @Test func otherLayersGetTheWholeBatch() throws {
    let largest = LargestOfBatch()
    let model = try model(largest)
    let images: Tensor<Float> = sample([7, 4, 64, 64])
    var values = [Variable(images)]
    for call in model.graph.calls {
      values += model.children[call.layer].layer.outputs(of: call.inputs.map { values[$0] }, Context(.inference))
    }
    #expect(deviation(model.outputs(of: [images])[1], from: values[values.count - 3].value) < 1e-4)
    #expect(largest.batches.withLock { $0 } == [7, 7])
  }

  /// The gradient of an input passes plans that are no training.
  @Test func gradientsPassInference() throws {
    let model = try model()
    let images = Variable(tracking: sample([7, 4, 64, 64]) as Tensor<Float>)
    let gradient = model.outputs(of: [images], Context(.inference))[1].sum().gradients()[images]
    #expect(try #require(gradient).shape == images.shape)
  }
}

/// Divides a batch by its largest element.
private final class LargestOfBatch: Layer, Sendable {
  let batches = Lock<[Int]>([])

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape { inputShape }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    batches.withLock { $0.append(x.shape[0]) }
    return x * (1 / x.value.absolute().max().scalar)
  }
}
