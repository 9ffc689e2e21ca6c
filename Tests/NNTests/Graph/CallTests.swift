import Autograd
import NN
import Tensor
import TestSupport
import Testing

/// A batch that a model cannot take stops the program with the place in the model and both shapes.
struct CallTests {
  @Test func theMessageNamesTheLayerAndBothShapes() async {
    let dense = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = try Sequential(input: [4]) { Dense(3) }
      _ = model(Tensor(zeros: [2, 5]))
    }
    expectMessage(
      "layer dense, built for inputs of shape [4] and called with [5]: Dense: inputs [N, 4] are needed, found [2, 5]",
      in: dense)
    let flattened = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = try Sequential(input: [3, 8, 8]) {
        Conv2D(4, kernelSize: 3, padding: .same, activation: .relu)
        MaxPool2D(2)
        Flatten()
        Dense(3)
        Dense(2)
      }
      _ = model(Tensor(zeros: [1, 3, 6, 6]))
    }
    expectMessage(
      "layer dense, built for inputs of shape [64] and called with [36]: Dense: inputs [N, 64] are needed, found [1, 36]",
      in: flattened)
    let withoutBatch = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = try Sequential(input: [4]) { Dense(3) }
      _ = model(Tensor(zeros: [4]))
    }
    expectMessage(
      "layer dense, built for inputs of shape [4] and called with []: Dense: inputs [N, 4]", in: withoutBatch)
    let images = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = try Sequential(input: [3, 8, 8]) {
        Conv2D(4, kernelSize: 3, activation: .relu)
        Conv2D(4, kernelSize: 3)
      }
      _ = model(Tensor(zeros: [2, 8, 8, 3]))
    }
    expectMessage(
      "layer conv2d, built for inputs of shape [3, 8, 8] and called with [8, 8, 3]: "
        + "Conv2D: inputs [N, 3, H, W] are needed, found [2, 8, 8, 3]", in: images)
  }

  @Test func innerLayersHaveTheirPath() async {
    let residual = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = try Sequential(input: [4]) {
        Sequential {
          Dense(4)
          Residual { Dense(4) }
        }
      }
      // The values of a layer were replaced by those of another one.
      model.namedParameters[2].parameter.value = Tensor(zeros: [5, 4])
      _ = model(Variable(Tensor(zeros: [2, 4])), Context(.training))
    }
    expectMessage(
      "layer sequential.residual.body.dense, built for inputs of shape [4] and called with [4]: "
        + "Dense: inputs [N, 5] are needed, found [2, 4]", in: residual)
  }

  @Test func soHaveCustomLayersAndNormalizations() async {
    let custom = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = try Sequential(input: [4]) { Scale() }
      _ = model(Tensor(zeros: [2, 3]))
    }
    expectMessage(
      "layer scale, built for inputs of shape [4] and called with [3]: *: shapes do not broadcast", in: custom)
    for trains in [false, true] {
      let norm = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        [trains = trains as Bool] in
        let model = try Sequential(input: [4]) { BatchNorm() }
        _ = model(Variable(Tensor(zeros: [2, 3])), Context(trains ? .training : .inference))
      }
      expectMessage("layer batch_norm, built for inputs of shape [4] and called with [3]: ", in: norm)
    }
    let notBuilt = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Sequential { Dense(2) }(Tensor(zeros: [2, 3]))
    }
    expectMessage("layer dense, not built and called with [3]: Parameter: read before it had a value", in: notBuilt)
  }

  /// A layer that makes another shape than its `build` says is named, not the one behind it.
  @Test func aLayerThatMakesAnotherShapeIsNamed() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = try Sequential(input: [4]) {
        FirstThree()
        Dense(2)
      }
      _ = model(Tensor(zeros: [2, 4]))
    }
    expectMessage(
      "layer first_three, built for inputs of shape [4] and called with [4]: its call makes an output of shape [3], and its "
        + "build returned [4]", in: result)
    // Of other inputs it may make other outputs.
    let model = try Sequential(input: [3]) {
      FirstThree()
      Dense(2)
    }
    #expect(model(Tensor(zeros: [2, 5])).shape == [2, 2])
  }

  @Test func imagesOfAnotherSizeAreFineWhereLayersTakeThem() throws {
    let model = try Sequential(input: [3, 8, 8]) {
      Conv2D(4, kernelSize: 3, activation: .relu)
      GlobalAveragePool2D()
      Dense(2)
    }
    #expect(model(hashed([2, 3, 11, 9], seed: 1)).shape == [2, 2])
  }

  /// What stops outside of a model has no place.
  @Test func outsideOfModelsThereIsNoPlace() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = try Sequential(input: [4]) { Dense(3) }
      _ = model(Tensor(zeros: [2, 4])).matmul(Tensor(zeros: [2, 2]))
    }
    expectMessage("Fatal error: matmul: inner dimensions differ", in: result)
  }
}

/// Keeps three numbers, and forgets to say so.
private final class FirstThree: Layer {
  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape { inputShape }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> { x.slice(0..<3, axis: 1) }
}
