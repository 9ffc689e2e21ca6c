import Autograd
import NN
import Tensor
import Testing

/// The layer of the documentation of `Layer`.
final class Scale: Layer {
  let factor = Parameter()

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    factor.value = Tensor(ones: inputShape)
    return inputShape
  }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x * context[factor]
  }
}

/// A layer with arrays of layers, an array of parameters, optionals and a buffer.
final class Branches: Layer {
  let branches: [Dense]
  let gates: [Parameter]
  let norm: BatchNorm?
  let absent: Dense? = nil
  let callCount = Buffer(Tensor(zeros: [1]))

  init(units: [Int], normalized: Bool = true) {
    branches = units.map { Dense($0, useBias: false) }
    gates = units.map { _ in Parameter(Tensor(ones: [1])) }
    norm = normalized ? BatchNorm() : nil
  }

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    var width = 0
    for (index, branch) in branches.enumerated() {
      width += try branch.build(as: "branches.\(index)", inputShape: inputShape, using: &generator)[0]
    }
    return try norm?.build(as: "norm", inputShape: [width], using: &generator) ?? [width]
  }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    callCount.value += Tensor(ones: [1])
    let parts = zip(branches, gates).map { $0(x, context) * context[$1] }
    let joined = Variable(concatenating: parts, axis: 1)
    return norm?(joined, context) ?? joined
  }
}

struct LayerTests {
  @Test func aCustomLayerTrains() throws {
    let model = try Sequential(input: [3]) {
      Scale()
      Dense(2)
    }
    #expect(model.namedParameters.map(\.name) == ["scale.factor", "dense.weight", "dense.bias"])
    let x = hashed([4, 3], seed: 1)
    let gradients = model(Variable(x), Context(.training)).sum().gradients()
    // With all factors 1: d Σ y / d factorⱼ = Σₙ xₙⱼ Σₖ wⱼₖ.
    let weight = model.namedParameters[1].parameter.value
    let expected = x.sum([0]) * weight.sum([1])
    let found = try #require(gradients[model.parameters[0]])
    expectClose(found, expected.scalars.map(Double.init), tolerance: 20 * 0x1p-24)
  }

  @Test func partsAreFoundInArraysAndOptionals() throws {
    let model = try Sequential(input: [3]) { Branches(units: [2, 4]) }
    #expect(
      model.namedParameters.map(\.name) == [
        "branches.gates.0", "branches.gates.1", "branches.branches.0.weight", "branches.branches.1.weight",
        "branches.norm.scale", "branches.norm.shift",
      ])
    #expect(
      model.namedBuffers.map(\.name) == [
        "branches.callCount", "branches.norm.runningMean", "branches.norm.runningVariance",
      ])
    #expect(model.outputShape == [6])
    #expect(model(hashed([5, 3], seed: 1)).shape == [5, 6])
    #expect(model.state["branches.callCount"]?.scalar == 1)
  }

  @Test func errorsNameThePlaceInACustomLayer() throws {
    let error = try #require(throws: LayerError.self) {
      try Sequential(input: [3, 2, 2]) {
        Sequential { Branches(units: [2, 4]) }
      }
    }
    #expect(error.layer == "sequential.branches.branches.0")
    #expect(
      "\(error)" == "layer sequential.branches.branches.0 cannot take inputs of shape [3, 2, 2]: "
        + "features [F] or a sequence [T, F] are needed; put Flatten() before Dense")
  }

  @Test func aLayerByItselfHasNoPlace() throws {
    let error = try #require(throws: LayerError.self) {
      var generator = RandomGenerator(seed: 0)
      _ = try Dense(3).build(inputShape: [3, 2, 1], using: &generator)
    }
    #expect("\(error)".hasPrefix("layer cannot take inputs of shape [3, 2, 1]: "))
  }

  @Test func aCallOnATensorIsInference() throws {
    let model = try Sequential(input: [4]) {
      Dropout(0.5)
      BatchNorm()
    }
    let x = hashed([3, 4], seed: 1)
    let before = model.state
    // Running mean 0 and variance 1.
    expectClose(model(x), x.scalars.map { Double($0) / 1.001.squareRoot() }, tolerance: 4 * 0x1p-24)
    #expect(model.state == before)
  }

  @Test func inferenceRecordsNothing() throws {
    let model = try Sequential(input: [2, 6, 6]) {
      Conv2D(4, kernelSize: 3, activation: .relu)
      MaxPool2D(2)
      BatchNorm()
      Residual { Conv2D(4, kernelSize: 1, activation: .tanh) }
      Flatten()
      Dropout(0.5)
      Dense(3, activation: .softmax)
    }
    let x = Variable(hashed([2, 2, 6, 6], seed: 1))
    #expect(!model(x, Context(.inference)).needsGradient)
    #expect(model(x, Context(.training)).needsGradient)
    // A gradient with respect to the input can be had in inference too.
    #expect(model(Variable(tracking: x.value), Context(.inference)).needsGradient)
  }

  @Test func aLayerThatWasNotBuiltStops() async {
    await #expect(processExitsWith: .failure) { _ = Dense(3)(Tensor(ones: [1, 2])) }
  }
}
