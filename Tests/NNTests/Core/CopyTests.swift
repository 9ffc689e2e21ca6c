import Autograd
import NN
import Tensor
import Testing

struct CopyTests {
  /// A network with most kinds of layers that hold others, and a layer that stands in two places.
  private func network() throws -> Model {
    let sequence = Input([4, 3], name: "sequence")
    let shared = Dense(3, activation: .tanh, kernelConstraint: .maxNorm(2))
    var x = shared(shared(sequence), name: "shared")
    x = MultiHeadAttention(heads: 2, keyFeatures: 2)([x, sequence], name: "attention")
    x = Bidirectional(LSTM(2, returnsSequences: true))(x, name: "both")
    let times = Sequential {
      Dense(3)
      BatchNorm(useScale: false, useShift: false)
    }
    x = TimeDistributed(times)(x, name: "times")
    let residual = Residual {
      GRU(3, returnsSequences: true)
      Dropout(0.3)
    }
    x = Flatten()(residual(x, name: "residual"))
    let twice = Recomputed { Dense(5, kernelRegularizer: .l2(0.1)) }
    return try Model(input: sequence, output: twice(x, name: "twice"), seed: 1)
  }

  /// One step along the gradients of Σ y² and the penalties. The parameters change in place.
  private func train(_ model: Model, _ x: Tensor<Float>) {
    let context = Context(.training, seed: 5)
    let loss = model(Variable(x), context).squared().sum()
    let gradients = (model.penalty(context).map { loss + $0 } ?? loss).gradients()
    for parameter in model.parameters {
      guard let gradient = gradients[parameter] else { continue }
      parameter.update { $0 += gradient * -0.01 }
    }
  }

  @Test func trainingOneLeavesTheOtherAsItIs() throws {
    let model = try network()
    let x = hashed([2, 4, 3], seed: 1)
    train(model, x)
    let copy = try model.copy()
    let before = model.state
    #expect(copy.state == before && copy.names == model.names && copy.summary() == model.summary())
    #expect(copy(x) == model(x))
    train(copy, x)
    #expect(model.state == before)
    #expect(copy.state.allSatisfy { before[$0.key] != $0.value })
    let trained = copy.state
    train(model, x)
    #expect(copy.state == trained && model.state == trained)
    #expect(copy(x) == model(x))
  }

  @Test func theTypesOfModelsStay() throws {
    let chain = try Sequential(input: [3]) { Residual { Dense(3) } }
    chain.metadata["classes"] = "cat, dog"
    let copy: Sequential = try chain.copy()
    #expect(copy.layers[0] is Residual && copy.inputShape == [3] && copy.metadata == chain.metadata)
    #expect(Set(copy.namedParameters.map(\.name)) == Set(chain.namedParameters.map(\.name)))
    // Made for inputs of one shape.
    var generator = RandomGenerator(seed: 0)
    #expect(throws: LayerError.self) { try copy.build(inputShape: [4], using: &generator) }
    // A part of the copy shares its values with the copy.
    let part = try copy.upTo("residual")
    #expect(part.parameters[0] === copy.parameters[0])
  }

  @Test func aResetDrawsTheValuesOfTheOriginal() throws {
    let (model, x) = (try network(), hashed([2, 4, 3], seed: 1))
    let first = model.state
    train(model, x)
    let copy = try model.copy()
    try copy.reset(seed: 1)
    #expect(copy.state == first && model.state != first)
  }

  @Test func whatIsFrozenStaysFrozen() throws {
    let model = try network()
    let times = try model.layer("times")
    times.isTrainable = false
    try model.layer("attention").isTrainable = false
    model.parameters[0].isTrainable = false
    let copy = try model.copy()
    #expect(copy.layersByPath.map { $0.layer.isTrainable } == model.layersByPath.map { $0.layer.isTrainable })
    #expect(copy.parameters.map(\.isTrainable) == model.parameters.map(\.isTrainable))
    #expect(copy.parameters.map(\.constraint) == model.parameters.map(\.constraint))
    copy.isTrainable = true
    #expect(!times.isTrainable && !model.parameters[0].isTrainable)
  }

  @Test func aLayerOfOnesOwnThatSaysNothingIsNamed() throws {
    let model = try Sequential(input: [3]) { Residual { Scale() } }
    let error = #expect(throws: CopyError.self) { try model.copy() }
    #expect(
      error.map { "\($0)" }
        == "the layer residual.body.scale of type Scale cannot be copied: write \"func makeCopy(_ copies: LayerCopies) "
        + "throws -> any Layer\" in Scale, which returns a new layer with the same options")
  }

  @Test func aLayerOfOnesOwnIsCopied() throws {
    let (first, x) = (Block(units: 2, body: Dense(3)), hashed([2, 3], seed: 2))
    let model = try Sequential(input: [3], layers: [first, first.body])
    train(model, x)
    let copy = try model.copy()
    let block = try #require(copy.layers[0] as? Block)
    #expect(block !== first && block.body === copy.layers[1] && block.own !== first.own)
    #expect(copy.state == model.state && copy(x) == model(x))
    let before = model.state
    train(copy, x)
    #expect(model.state == before && copy.state != before)
  }

  @Test func aParameterOfTwoLayersHasOneCopy() throws {
    let first = Tied(Parameter(Tensor(ones: [3])))
    let model = try Sequential(input: [3], layers: [first, Tied(first.factor)])
    let copy = try model.copy()
    #expect(copy.parameters.count == 1 && copy.parameters[0] !== first.factor)
    let wrong = try Sequential(input: [3], layers: [first, Tied(first.factor, isCareless: true)])
    #expect(message(of: wrong).contains("its factor belongs to another layer too"))
  }

  @Test func aCopyThatIsAnotherLayerIsRefused() throws {
    func message(_ mistake: Wrong.Mistake) throws -> String {
      self.message(of: try Sequential(input: [3]) { Wrong(mistake) })
    }
    #expect(try message(.sameLayer).contains("its copy has the same factor, not one of its own"))
    #expect(try message(.otherType).contains("its makeCopy returns a Dense"))
    #expect(try message(.otherOption).contains("its makeCopy returns a layer with rate = 0.25, not 0.5"))
    #expect(try message(.otherConstraint).contains("its makeCopy returns a layer whose factor has another constraint"))
  }

  private func message(of model: Model) -> String {
    do {
      _ = try model.copy()
      return "copied"
    } catch {
      return "\(error)"
    }
  }
}

/// A layer with an inner layer that it is given, and one that it makes.
private final class Block: Layer {
  let units: Int
  let body: Dense
  let own: Dense

  init(units: Int, body: Dense) {
    (self.units, self.body) = (units, body)
    own = Dense(units)
  }

  func makeCopy(_ copies: LayerCopies) throws -> any Layer { Block(units: units, body: try copies.layer(body)) }

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    let middle = try body.build(as: "body", inputShape: inputShape, using: &generator)
    _ = try own.build(as: "own", inputShape: middle, using: &generator)
    return middle
  }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let middle = body(x, context)
    return middle * own(middle, context).mean()
  }
}

/// A layer whose parameter is given to it.
private final class Tied: Layer {
  let factor: Parameter
  let isCareless: Bool

  init(_ factor: Parameter, isCareless: Bool = false) {
    (self.factor, self.isCareless) = (factor, isCareless)
  }

  func makeCopy(_ copies: LayerCopies) -> any Layer {
    Tied(isCareless ? Parameter() : copies.parameter(factor), isCareless: isCareless)
  }

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape { inputShape }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> { x * context[factor] }
}

/// A layer that copies itself wrongly.
private final class Wrong: Layer {
  enum Mistake { case sameLayer, otherType, otherOption, otherConstraint }

  let mistake: Mistake
  let rate: Float
  let factor: Parameter

  init(_ mistake: Mistake, rate: Float = 0.5, constraint: Constraint? = nil) {
    (self.mistake, self.rate) = (mistake, rate)
    factor = Parameter(Tensor(ones: [1]), constraint: constraint)
  }

  func makeCopy(_ copies: LayerCopies) -> any Layer {
    switch mistake {
    case .sameLayer: self
    case .otherType: Dense(3)
    case .otherOption: Wrong(mistake, rate: 0.25)
    case .otherConstraint: Wrong(mistake, constraint: .nonNegative)
    }
  }

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape { inputShape }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> { x * context[factor] }
}
