import Autograd
import NN
import Tensor
import TestSupport
import Testing

struct ModelTests {
  /// A residual block with a projection, as `x + body(x)` in symbols.
  private func residual(seed: UInt64 = 1) throws -> Model {
    let image = Input([3, 8, 8], name: "image")
    let x = Conv2D(6, kernelSize: 3, padding: .same)(image, name: "stem")
    let body = Conv2D(6, kernelSize: 3, padding: .same)(ActivationLayer(.relu)(BatchNorm()(x)))
    return try Model(
      input: image, output: Dense(4, activation: .softmax)(GlobalAveragePool2D()(x + body), name: "classes"),
      seed: seed)
  }

  @Test func computesWhatItsLayersDo() throws {
    let model = try residual()
    let x = Variable(sample([2, 3, 8, 8]) as Tensor<Float>)
    for mode in [Context.Mode.inference, .training] {
      let context = Context(mode)
      func call(_ name: String, _ x: Variable<Float>) throws -> Variable<Float> {
        let layer = try model.layer(name)
        return layer(x, context)
      }
      let stem = try call("stem", x)
      let body = try call("conv2d", call("activation_layer", call("batch_norm", stem)))
      let expected = try call("classes", call("global_average_pool2d", stem + body))
      #expect(deviation(model(x, Context(mode)).value, from: expected.value) < 16 * 0x1p-24)
    }
  }

  @Test func namesLayersAndShapes() throws {
    let model = try residual()
    #expect(
      model.names == [
        "stem", "batch_norm", "activation_layer", "conv2d", "add", "global_average_pool2d", "classes",
      ])
    #expect(model.inputNames == ["image"] && model.outputNames == ["classes"])
    #expect(model.inputShape == [3, 8, 8] && model.outputShape == [4] && model.outputShapes == [[4]])
    #expect(model.namedParameters.map(\.name).contains("stem.weight"))
    let lines = model.summary().split(separator: "\n")
    #expect(lines[0].hasSuffix("Inputs"))
    #expect(lines.contains { $0.hasPrefix("add (Add)") && $0.hasSuffix("stem, conv2d") })
  }

  @Test func numbersMeetDescribedValues() throws {
    let x = Input([3])
    let results: [(value: SymbolicValue, expected: [Float])] = [
      (x * 2, [2, 4, -8]), (2 * x, [2, 4, -8]), (x / 2, [0.5, 1, -2]), (-x, [-1, -2, 4]), (x + 1, [2, 3, -3]),
      (1 + x, [2, 3, -3]), (x - 3, [-2, -1, -7]), (1 - x, [0, -1, 5]),
    ]
    for (index, result) in results.enumerated() {
      let model = try Model(input: x, output: result.value)
      #expect(model(Tensor(shape: [1, 3], scalars: [1, 2, -4])).scalars == result.expected, "\(index)")
    }
  }

  @Test func oneSeedDrawsOneModel() throws {
    #expect(try residual(seed: 3).state == residual(seed: 3).state)
    #expect(try residual(seed: 3).state != residual(seed: 4).state)
    let model = try residual(seed: 3)
    for parameter in model.parameters { parameter.value = parameter.value + 1 }
    try model.reset(seed: 4)
    #expect(try model.state == residual(seed: 4).state)
  }

  /// Two inputs go through the same layers; the gradients of both add up.
  @Test func twinsShareTheirValues() throws {
    let (left, right) = (Input([5]), Input([5]))
    let encoder = Dense(3, activation: .tanh)
    let distance = encoder(left) - encoder(right)
    let model = try Model(inputs: [left, right], outputs: [distance])
    #expect(model.layers.count == 2 && model.parameterCount == 18)
    #expect(model.summary().contains("shared"))
    let inputs = [sample([4, 5]), sample([4, 5], seed: 2)] as [Tensor<Float>]
    let weight = encoder.weight.value
    let result = model.outputs(of: inputs)[0]
    #expect(deviation(result, from: inputs[0].matmul(weight).tanh() - inputs[1].matmul(weight).tanh()) < 4 * 0x1p-24)
    let gradients = model.outputs(of: inputs.map { Variable($0) }, Context(.training))[0].squared().sum().gradients()
    #expect(gradients[encoder.weight] != nil)
  }

  @Test func severalInputsAndOutputs() throws {
    let (photo, numbers) = (Input([2, 4, 4], name: "photo"), Input([3], name: "numbers"))
    let joined = concatenate([Flatten()(photo), numbers])
    let outputs = [Dense(2)(joined, name: "first"), Dense(1, activation: .sigmoid)(joined, name: "second")]
    let model = try Model(inputs: [photo, numbers], outputs: outputs)
    #expect(model.inputShapes == [[2, 4, 4], [3]] && model.outputShapes == [[2], [1]])
    #expect(model.outputNames == ["first", "second"])
    let results = model.outputs(of: [sample([5, 2, 4, 4]), sample([5, 3])])
    #expect(results.map(\.shape) == [[5, 2], [5, 1]])
    // The whole model as a layer of another one.
    let inner = model.outputs(of: [photo, numbers], name: "inner")
    let outer = try Model(inputs: [numbers, photo], outputs: [inner[1], inner[0]])
    let swapped = outer.outputs(of: [sample([5, 3]), sample([5, 2, 4, 4])])
    #expect(swapped == [results[1], results[0]])
  }

  @Test func partsShareTheirValues() throws {
    let model = try residual()
    let x: Tensor<Float> = sample([2, 3, 8, 8])
    let features = try model.upTo("global_average_pool2d")
    #expect(features.outputShape == [6])
    let classes = try model.layer("classes")
    #expect(deviation(classes(features(x)), from: model(x)) < 4 * 0x1p-24)
    // From the middle to the end.
    let rest = try Model(input: model.value(of: "stem"), output: model.outputs[0])
    #expect(rest.inputShape == [6, 8, 8])
    let stem = try model.upTo("stem")
    #expect(deviation(rest(stem(x)), from: model(x)) < 16 * 0x1p-24)
    // A new head on the same features.
    let wider = try Model(input: model.inputs[0], output: Dense(9)(model.value(of: "add").flattened))
    #expect(wider.layers.contains { $0 === model.layers[0] })
    let error = #expect(throws: ModelError.self) { try model.upTo("stm") }
    #expect(error?.description.contains("stem") == true)
  }

  @Test func aChainHasPartsToo() throws {
    let model = try Sequential(input: [4]) {
      Dense(3, activation: .relu).named("hidden")
      Dense(2)
    }
    #expect(model.names == ["hidden", "dense"])
    let x: Tensor<Float> = sample([3, 4])
    let (part, hidden) = (try model.upTo("hidden"), try model.layer("hidden"))
    #expect(part(x) == hidden(x))
  }

  @Test func sayWhatIsWrong() throws {
    let (a, b) = (Input([3], name: "a"), Input([4], name: "b"))
    func message(_ make: () throws -> Model) -> String {
      do { return "\(type(of: try make()))" } catch { return "\(error)" }
    }
    #expect(
      message { try Model(input: a, output: Dense(1)(concatenate([a, b]))) }
        == "the outputs depend on the input b, which is not among the inputs of the model")
    #expect(
      message { try Model(inputs: [a, b], outputs: [a + b]) }
        == "layer add cannot take inputs of shape [3] and [4]: lengths that meet must be equal or 1")
    #expect(message { try Model(inputs: [a, a], outputs: [a]) } == "a value is given twice as an input of the model")
    #expect(message { try Model(inputs: [], outputs: []) } == "a model needs at least one input and one output")
    #expect(
      message { try Model(input: a, output: Dense(2)(Dense(2)(a, name: "x"), name: "x")) }
        == "two layers of the model are called x")
    #expect(
      message { try Model(input: a, output: Dense(2)(a, name: "x.y")) }
        == "a layer cannot be called \"x.y\": a name has at least one character and no dot")
    #expect(message { try Model(input: Dense(2)(a), output: Dense(3)(a)) }.contains("shape is not known"))
    #expect(
      message { try Model(input: a, output: Add()(a)) }.hasPrefix("layer add cannot take inputs of shape [3]: "))
  }

  /// Dropout that always drops, and a normalization that never uses the batch.
  @Test func aCallSaysWhetherItTrains() throws {
    let x = Input([64])
    let (dropout, normalization) = (Dropout(0.5), BatchNorm())
    let model = try Model(
      inputs: [x], outputs: [dropout(x, training: true), dropout(x), normalization(x, training: false)])
    let batch = Variable(Tensor<Float>(ones: [2, 64]))
    let inferred = model.outputs(of: [batch], Context(.inference)).map(\.value)
    #expect(inferred[0] != batch.value && inferred[1] == batch.value)
    let trained = model.outputs(of: [batch], Context(.training)).map(\.value)
    #expect(trained[0] != batch.value && trained[1] != batch.value && trained[0] != trained[1])
    #expect(deviation(trained[2], from: inferred[2]) < 4 * 0x1p-24)
    #expect(normalization.runningMean.value == Tensor(zeros: [64]))
  }

  /// A thousand layers one after the other, made, summarized, run and released; each calls the next no deeper.
  @Test func longChainsNeedNoStack() throws {
    let input = Input([2])
    var x = input
    for _ in 0..<1000 { x = ActivationLayer(.tanh)(x) + x }
    let model = try Model(input: input, output: x)
    #expect(model.layers.count == 2000)
    #expect(model.summary().split(separator: "\n").count == 2000 + 7)
    #expect(model(Tensor<Float>(zeros: [1, 2])) == Tensor(zeros: [1, 2]))
    var long = Input([2])
    for _ in 0..<200_000 { long = ActivationLayer(.relu)(long) }
    #expect(long.shape == nil)
  }
}

extension SymbolicValue {
  fileprivate var flattened: SymbolicValue { Flatten()(self) }
}
