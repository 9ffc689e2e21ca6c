import Autograd
import NN
import Tensor
import Testing

struct SequentialTests {
  @Test func theBuilderTakesLoopsAndConditions() throws {
    func model(deep: Bool, normalized: Bool) throws -> Sequential {
      let stem = [Conv2D(2, kernelSize: 1), Conv2D(3, kernelSize: 1)]
      return try Sequential(input: [1, 8, 8]) {
        stem
        for filters in [4, 8] {
          Conv2D(filters, kernelSize: 3, padding: .same, activation: .relu)
          if normalized { BatchNorm() }
        }
        if deep {
          MaxPool2D(2)
          Flatten()
        } else {
          GlobalAveragePool2D()
        }
        Dense(2)
      }
    }
    #expect(
      try model(deep: true, normalized: true).names == [
        "conv2d", "conv2d_1", "conv2d_2", "batch_norm", "conv2d_3", "batch_norm_1", "max_pool2d", "flatten", "dense",
      ])
    #expect(
      try model(deep: false, normalized: false).names == [
        "conv2d", "conv2d_1", "conv2d_2", "conv2d_3", "global_average_pool2d", "dense",
      ])
  }

  @Test func shapesAreInferred() throws {
    let model = try Sequential(input: [3, 9, 8]) {
      Conv2D(4, kernelSize: 3)
      MaxPool2D(2)
      Flatten()
      Dense(5)
    }
    #expect(model.inputShape == [3, 9, 8])
    #expect(model.layerOutputShapes == [[4, 7, 6], [4, 3, 3], [36], [5]])
    #expect(model.outputShape == [5])
    #expect(model(hashed([2, 3, 9, 8], seed: 1)).shape == [2, 5])
  }

  @Test func theInputShapeOfAnotherModelIsTaken() throws {
    let backbone = try Sequential(input: [3, 8, 8]) { Conv2D(4, kernelSize: 3) }
    let model = try Sequential(input: backbone.inputShape) {
      backbone
      GlobalAveragePool2D()
    }
    #expect(model.inputShape == [3, 8, 8])
    let unbuilt = Sequential { Dense(2) }
    let error = #expect(throws: ModelError.self) {
      _ = try Sequential(input: unbuilt.inputShape, layers: [unbuilt])
    }
    #expect(error == .noInputShape)
  }

  @Test func aModelThatIsNotBuiltHasNoValues() throws {
    let unbuilt = Sequential { Dense(2) }
    #expect(unbuilt.inputs.isEmpty && unbuilt.outputs.isEmpty && unbuilt.innerLayers.isEmpty)
    #expect(throws: ModelError.notBuilt) { try unbuilt.value(of: "dense") }
    #expect(throws: ModelError.notBuilt) { try unbuilt.upTo("dense") }
    #expect(throws: ModelError.notBuilt) { try unbuilt.tapped(at: "dense") }
    #expect("\(ModelError.notBuilt)".hasPrefix("the model is not built"))
    _ = try Sequential(input: [3], layers: [unbuilt])
    #expect(try unbuilt.upTo("dense").outputShape == [2] && unbuilt.inputs.count == 1)
  }

  @Test func withoutLayersItIsTheIdentity() throws {
    let model = try Sequential(input: [3]) {}
    #expect(model.outputShape == [3])
    #expect(model(hashed([2, 3], seed: 1)) == hashed([2, 3], seed: 1))
  }

  @Test func errorsNameTheLayerAndBothShapes() throws {
    let error = try #require(throws: LayerError.self) {
      try Sequential(input: [3, 8, 8]) {
        Conv2D(4, kernelSize: 3)
        MaxPool2D(2)
        Conv2D(4, kernelSize: 5)
        Flatten()
      }
    }
    #expect(
      "\(error)" == "layer conv2d_1 cannot take inputs of shape [4, 3, 3]: "
        + "a window of 5×5 with stride 1×1, dilation 1×1 and padding valid does not fit")
    #expect(error.layer == "conv2d_1")
    #expect(error.inputShapes == [[4, 3, 3]])
  }

  @Test func nestedModelsNameTheirParts() throws {
    let model = try Sequential(input: [4]) {
      Dense(3)
      Sequential {
        Dense(3)
        Sequential { Dense(2, useBias: false) }
      }
    }
    #expect(
      model.namedParameters.map(\.name) == [
        "dense.weight", "dense.bias", "sequential.dense.weight", "sequential.dense.bias",
        "sequential.sequential.dense.weight",
      ])
    #expect(model.multiplyAdds(inputShape: [4], outputShape: [2]) == 12 + 9 + 6)
    let error = try #require(throws: LayerError.self) {
      try Sequential(input: [4]) {
        Sequential {
          Dense(3)
          Sequential { MaxPool2D(2) }
        }
      }
    }
    #expect(error.layer == "sequential.sequential.max_pool2d")
  }

  @Test func aSharedLayerCountsOnce() throws {
    let shared = Dense(3)
    let model = try Sequential(input: [3], layers: [shared, ActivationLayer(.relu), shared])
    #expect(model.namedParameters.map(\.name) == ["dense.weight", "dense.bias"])
    #expect(model.parameterCount == 12)
    #expect(model.state.count == 2)

    // Both places add to one gradient: y = w (w x) has dy/dw = 2 w x.
    let single = Dense(1, useBias: false)
    let square = try Sequential(input: [1], layers: [single, single])
    single.weight.value = Tensor(shape: [1, 1], scalars: [3])
    let gradients = square(Variable(Tensor(shape: [1, 1], scalars: [5])), Context(.training)).sum().gradients()
    #expect(gradients[single.weight]?.scalar == 30)
  }

  @Test func aSharedLayerMustFitBothPlaces() throws {
    let convolution = Conv2D(3, kernelSize: 3)
    let pyramid = try Sequential(input: [3, 9, 9], layers: [convolution, MaxPool2D(2), convolution])
    #expect(pyramid.outputShape == [3, 1, 1])

    let dense = Dense(2)
    let error = try #require(throws: LayerError.self) { try Sequential(input: [3], layers: [dense, dense]) }
    #expect(
      "\(error)"
        == "layer dense_1 cannot take inputs of shape [2]: it is built already, its weight has shape [3, 2], and these "
        + "inputs need [2, 2]; reset(inputShape:using:) draws new values"
    )
  }

  @Test func metadataTravelsWithTheModel() throws {
    let model = try Sequential(input: [3]) { Dense(2) }
    #expect(model.metadata.isEmpty)
    model.metadata["classes"] = "cat,dog"
    #expect(model.metadata == ["classes": "cat,dog"])
  }
}
