import Autograd
import NN
import Tensor
import Testing

struct ModelStateTests {
  private func model(seed: UInt64) throws -> Sequential {
    try Sequential(input: [2, 4, 4], seed: seed) {
      Conv2D(3, kernelSize: 3, l2: 0.1)
      BatchNorm()
      Flatten()
      Dense(2, l2: 0.01)
    }
  }

  @Test func stateMovesFromModelToModel() throws {
    let (first, second) = (try model(seed: 1), try model(seed: 2))
    let x = hashed([3, 2, 4, 4], seed: 1)
    _ = first(Variable(x), Context(.training))
    #expect(first(x) != second(x))
    try second.load(state: first.state)
    #expect(first(x) == second(x))
    #expect(first.state == second.state)
    #expect(
      first.state.keys.sorted() == [
        "batch_norm.runningMean", "batch_norm.runningVariance", "batch_norm.scale", "batch_norm.shift",
        "conv2d.bias", "conv2d.weight", "dense.bias", "dense.weight",
      ])
  }

  @Test func aSeedGivesTheSameBits() throws {
    #expect(try model(seed: 7).state == model(seed: 7).state)
    #expect(try model(seed: 7).state != model(seed: 8).state)
  }

  @Test func wrongStatesAreRefusedAndChangeNothing() throws {
    let model = try model(seed: 1)
    let before = model.state
    func message(_ change: (inout [String: Tensor<Float>]) -> Void) throws -> String {
      var state = before.mapValues { $0 + 1 }
      change(&state)
      return "\(try #require(throws: StateError.self) { try model.load(state: state) })"
    }
    #expect(try message { $0["dense.bias"] = nil } == "the model's dense.bias of shape [2] is missing")
    #expect(try message { $0["dense_1.bias"] = Tensor(zeros: [2]) } == "the model has no dense_1.bias")
    #expect(
      try message { $0["conv2d.bias"] = Tensor(zeros: [2]) }
        == "conv2d.bias has shape [2], the model expects [3]")
    #expect(model.state == before)
  }

  @Test func equalNamesStop() async {
    await #expect(processExitsWith: .failure) {
      final class Twice: Layer {
        let first = Scale()
        let second = Scale()
        var children: [(name: String, layer: any Layer)] { [("scale", first), ("scale", second)] }
        func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
          _ = try first.build(inputShape: inputShape, using: &generator)
          return try second.build(inputShape: inputShape, using: &generator)
        }
        func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
          second(first(x, context), context)
        }
      }
      let model = try Sequential(input: [2]) { Twice() }
      _ = model.state
    }
  }

  @Test func penaltiesOfAllLayersAddUp() throws {
    let model = try model(seed: 1)
    let (convolution, dense) = (model.parameters[0], model.parameters[4])
    let penalty = try #require(model.penalty(Context(.training)))
    let expected = 0.1 * convolution.value.squared().sum().scalar + 0.01 * dense.value.squared().sum().scalar
    expectClose(penalty.value, [Double(expected)], tolerance: 100 * 0x1p-24)
    // d λ Σ w² / dw = 2 λ w
    let gradients = penalty.gradients()
    let found = try #require(gradients[dense])
    expectClose(found, dense.value.scalars.map { 0.02 * Double($0) }, tolerance: 4 * 0x1p-24)
    #expect(gradients[model.parameters[1]] == nil)
  }

  @Test func withoutPenaltiesThereIsNone() throws {
    let model = try Sequential(input: [3]) { Dense(2) }
    #expect(model.penalty(Context(.training)) == nil)
  }

  @Test func aSharedLayerIsPenalizedOnce() throws {
    let shared = Dense(3, l2: 0.5)
    let model = try Sequential(input: [3], layers: [shared, ActivationLayer(.tanh), shared])
    let expected = 0.5 * Double(shared.weight.value.squared().sum().scalar)
    expectClose(try #require(model.penalty(Context(.training))).value, [expected], tolerance: 100 * 0x1p-24)
  }
}

extension ModelStateTests {
  @Test func whatFitsIsLoaded() throws {
    let small = try Sequential(input: [4], seed: 1) { Dense(3) }
    let large = try Sequential(input: [4], seed: 2, layers: [Dense(3), Dense(2)])
    let before = large.state
    #expect(throws: StateError.self) { try large.load(state: small.state) }
    #expect(large.state == before)
    let rest = try large.load(state: small.state, strict: false)
    #expect(rest.missing == ["dense_1.bias", "dense_1.weight"] && rest.unused.isEmpty)
    #expect(large.state["dense.weight"] == small.state["dense.weight"])
    #expect(large.state["dense_1.weight"] == before["dense_1.weight"])
    #expect(try small.load(state: before, strict: false).unused == ["dense_1.bias", "dense_1.weight"])
    let other = try Sequential(input: [5]) { Dense(3) }
    #expect(throws: StateError.self) { try other.load(state: small.state, strict: false) }
  }
}
