import Autograd
import NN
import Tensor
import TestSupport
import Testing

/// A layer that is built again keeps its values.
struct BuildingTests {
  private func values(_ layer: any Layer) -> [String: Tensor<Float>] { layer.state }

  /// A model with every kind of layer that has values, all of them changed since the model was made.
  private func trained() throws -> Sequential {
    let model = try Sequential(input: [2, 6, 6], seed: 3) {
      Conv2D(4, kernelSize: 3, padding: .same, activation: .relu)
      BatchNorm()
      Residual {
        Conv2D(4, kernelSize: 3, padding: .same)
        BatchNorm(useScale: false)
      } shortcut: {
        Conv2D(4, kernelSize: 1, useBias: false)
      }
      Sequential {
        Conv2D(3, kernelSize: 1, activation: .relu)
        Scale()
      }
      Flatten()
      Branches(units: [2, 3])
      Dense(2)
    }
    for (index, item) in model.namedParameters.enumerated() {
      item.parameter.value = hashed(item.parameter.value.shape, seed: UInt64(50 + index))
    }
    for (index, item) in model.namedBuffers.enumerated() {
      item.buffer.value = hashed(item.buffer.value.shape, seed: UInt64(90 + index)) + 1.5
    }
    return model
  }

  @Test func aSecondModelSharesTheValuesOfItsLayers() throws {
    let base = try Sequential(input: [4], seed: 1) {
      Dense(3, activation: .tanh)
      Dense(2)
    }
    let before = base.state
    let x = hashed([5, 4], seed: 1)
    let output = base(x)
    let longer = try Sequential(input: [4], seed: 9, layers: base.layers + [Dense(1)])
    #expect(base.state == before)
    #expect(base(x) == output)
    #expect(base.inputShape == [4] && base.layerOutputShapes == [[3], [2]] && base.outputShape == [2])
    #expect(longer.inputShape == [4] && longer.layerOutputShapes == [[3], [2], [1]])
    for (name, value) in before { #expect(longer.state[name] == value, "\(name)") }
    let last = try #require(longer.layers.last as? Dense)
    #expect(longer(x) == output.matmul(last.weight.value))
    // One set of values: what one model learns, the other has.
    base.parameters[0].value = base.parameters[0].value * 2
    #expect(longer.parameters[0].value == base.parameters[0].value)
  }

  @Test func everyKindOfLayerKeepsItsValues() throws {
    let base = try trained()
    let before = base.state
    let x = hashed([2, 2, 6, 6], seed: 1)
    let output = base(x)
    let flat = try Sequential(input: [2, 6, 6], seed: 8, layers: base.layers + [ActivationLayer(.softmax)])
    let nested = try Sequential(input: [2, 6, 6], seed: 8) {
      base
      Dense(3)
    }
    var generator = RandomGenerator(seed: 77)
    #expect(try base.build(inputShape: [2, 6, 6], using: &generator) == [2])
    let counted = "branches.callCount"
    for (name, value) in before where !name.hasSuffix(counted) {
      #expect(base.state[name] == value, "\(name)")
      #expect(flat.state[name] == value, "\(name)")
      #expect(nested.state["sequential.\(name)"] == value, "\(name)")
    }
    #expect(base(x) == output)
    #expect(flat(x) == output.softmax(axis: 1))
    #expect(nested.inputShape == [2, 6, 6] && nested.layerOutputShapes == [[2], [3]])
  }

  @Test func aLayerByItselfKeepsItsValues() throws {
    let layers: [(any Layer, Shape)] = [
      (Dense(3), [4]), (Conv2D(3, kernelSize: 2), [2, 5, 5]), (BatchNorm(), [3]),
      (Residual { Dense(4) }, [4]), (Sequential { Dense(3) }, [4]),
    ]
    for (layer, shape) in layers {
      var generator = RandomGenerator(seed: 1)
      let output = try layer.build(inputShape: shape, using: &generator)
      for parameter in layer.parameters { parameter.value = parameter.value + 1 }
      let before = layer.state
      #expect(try layer.build(inputShape: shape, using: &generator) == output)
      #expect(layer.state == before, "\(type(of: layer))")
    }
  }

  /// The layer of the documentation: its `build` sets the values, whatever they were.
  @Test func aCustomLayerKeepsItsValues() throws {
    let scale = Scale()
    _ = try Sequential(input: [3], layers: [scale])
    scale.factor.value = Tensor([1, 2, 3])
    let model = try Sequential(input: [3], layers: [scale, Dense(1)])
    #expect(scale.factor.value == Tensor([1, 2, 3]))
    #expect(model.outputShape == [1])
    let error = try #require(throws: LayerError.self) { try Sequential(input: [5], layers: [Dense(4), scale]) }
    #expect(
      "\(error)" == "layer scale cannot take inputs of shape [4]: it is built already, its factor has shape [3], and "
        + "these inputs need [4]; reset(inputShape:using:) draws new values")
    #expect(scale.factor.value == Tensor([1, 2, 3]))
  }

  @Test func otherShapesThrowAndChangeNothing() throws {
    let base = try Sequential(input: [4]) {
      Dense(3)
      Sequential { Dense(2) }
    }
    let before = base.state
    let error = try #require(throws: LayerError.self) { try Sequential(input: [5], layers: base.layers) }
    #expect(error.layer == "dense")
    #expect(
      "\(error)"
        == "layer dense cannot take inputs of shape [5]: it is built already, its weight has shape [4, 3], and "
        + "these inputs need [5, 3]; reset(inputShape:using:) draws new values")
    let inner = try #require(throws: LayerError.self) { try Sequential(input: [4], layers: [base.layers[1]]) }
    #expect(inner.layer == "sequential.dense")
    #expect(base.state == before)
    #expect(base.inputShape == [4] && base.layerOutputShapes == [[3], [2]])

    let norm = BatchNorm()
    _ = try Sequential(input: [3, 2, 2], layers: [norm])
    let normError = try #require(throws: LayerError.self) { try Sequential(input: [2, 2, 2], layers: [norm]) }
    #expect("\(normError)".contains("its scale has shape [3], and these inputs need [2]"))
  }

  @Test func aModelKeepsTheShapeThatItWasMadeFor() throws {
    let base = try Sequential(input: [2, 6, 6]) {
      Conv2D(3, kernelSize: 3)
      GlobalAveragePool2D()
    }
    let error = try #require(throws: LayerError.self) {
      try Sequential(input: [2, 8, 8]) { base }
    }
    #expect(
      "\(error)" == "layer sequential cannot take inputs of shape [2, 8, 8]: the model was made for inputs of shape "
        + "[2, 6, 6]; its layers alone can be used with another shape")
    let larger = try Sequential(input: [2, 8, 8], layers: base.layers)
    #expect(larger.layerOutputShapes == [[3, 6, 6], [3]] && base.layerOutputShapes == [[3, 4, 4], [3]])
    #expect(larger.parameters[0] === base.parameters[0])
  }

  /// What belongs to no model stays free for another one.
  @Test func aModelThatCouldNotBeMadeLeavesItsLayersAlone() throws {
    let dense = Dense(2)
    #expect(throws: LayerError.self) { try Sequential(input: [3], layers: [dense, MaxPool2D(2)]) }
    #expect(!dense.weight.hasValue)
    let model = try Sequential(input: [5], seed: 4, layers: [dense])
    #expect(try model.state == Sequential(input: [5], seed: 4, layers: [Dense(2)]).state)
  }

  @Test func resetDrawsTheValuesOfANewModel() throws {
    func model(seed: UInt64) throws -> Sequential {
      try Sequential(input: [2, 4, 4], seed: seed) {
        Conv2D(3, kernelSize: 3, padding: .same)
        BatchNorm()
        Residual { Conv2D(3, kernelSize: 1) }
        Flatten()
        Branches(units: [2])
      }
    }
    let trained = try model(seed: 1)
    let other = try Sequential(input: [2, 4, 4], layers: Array(trained.layers.prefix(2)))
    _ = trained(Variable(hashed([3, 2, 4, 4], seed: 1)), Context(.training))
    #expect(try trained.state != model(seed: 1).state)
    try trained.reset(seed: 6)
    #expect(try trained.state == model(seed: 6).state)
    #expect(other.state["conv2d.weight"] == trained.state["conv2d.weight"])
    #expect(trained.inputShape == [2, 4, 4])
    #expect(trained.layerOutputShapes == [[3, 4, 4], [3, 4, 4], [3, 4, 4], [48], [2]])

    #expect(throws: LayerError.self) { try Sequential { Dense(2) }.reset() }
  }

  @Test func resetMayGiveALayerAnotherShape() throws {
    let dense = Dense(2)
    _ = try Sequential(input: [3], layers: [dense])
    let before = dense.state
    var generator = RandomGenerator(seed: 1)
    #expect(throws: LayerError.self) { try dense.reset(inputShape: [3, 3, 3], using: &generator) }
    #expect(dense.state == before)
    try dense.reset(inputShape: [5], using: &generator)
    #expect(dense.weight.value.shape == [5, 2])
  }
}
