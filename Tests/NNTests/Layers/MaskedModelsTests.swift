import Autograd
import NN
import Tensor
import Testing

/// Models in which a mask travels against Keras in double precision; see `make_masks.py`.
struct MaskedModelsTests {
  typealias Reference = SequenceLayersTests.Reference

  private static let sequences = RecurrentOptions(returnsSequences: true)
  /// Places that do not count: at the end, at the start, and between others.
  private static let padding = [[[0, 3], [0, 4], [1, 0], [1, 2]], [[0, 1], [0, 4], [1, 0], [1, 4]]]

  private static func chain(@LayerBuilder _ layers: () -> [NamedLayer]) throws -> Model {
    let layers = layers()
    return try Sequential(input: [5, 3]) {
      Masking()
      for layer in layers { layer }
    }
  }

  /// A model of two inputs, of which the second has a mask if `masksBoth` says so.
  private static func merging(
    masksBoth: Bool = true, second: Shape = [5, 3], _ make: (SymbolicValue, SymbolicValue) -> SymbolicValue
  ) throws -> Model {
    let inputs = [Input([5, 3]), Input(second)]
    let result = make(Masking()(inputs[0]), masksBoth ? Masking()(inputs[1]) : inputs[1])
    return try Model(inputs: inputs, outputs: [result])
  }

  private static func three(_ layer: any MergingLayer) throws -> Model {
    let inputs = [Input([4, 3]), Input([5, 2]), Input([5, 3])]
    return try Model(inputs: inputs, outputs: [layer(inputs)])
  }

  static func model(_ name: String) throws -> Model? {
    switch name {
    case "lstm": return try chain { LSTM(2, sequences) }
    case "lstm last": return try chain { LSTM(2) }
    case "lstm states":
      let input = Input([5, 3])
      let layer = LSTM(2, RecurrentOptions(returnsState: true, goesBackwards: true))
      return try Model(inputs: [input], outputs: layer.outputs(of: [Masking()(input)]))
    case "gru backwards": return try chain { GRU(2, RecurrentOptions(returnsSequences: true, goesBackwards: true)) }
    case "simple": return try chain { SimpleRNN(2) }
    case "zeros": return try chain { SimpleRNN(2, RecurrentOptions(returnsSequences: true, zerosMaskedOutputs: true)) }
    case "zeros last":
      return try chain { SimpleRNN(2, RecurrentOptions(goesBackwards: true, zerosMaskedOutputs: true)) }
    case "two layers":
      return try chain {
        SimpleRNN(3, sequences)
        LSTM(2)
      }
    case "first states":
      let inputs = [Input([5, 3]), Input([2])]
      let x = SimpleRNN(2, sequences)([Masking()(inputs[0]), inputs[1]])
      return try Model(inputs: inputs, outputs: [GlobalAveragePool1D()(x)])
    case "bidirectional": return try chain { Bidirectional(LSTM(2, sequences)) }
    case "bidirectional last": return try chain { Bidirectional(GRU(2), merging: .sum) }
    case "bidirectional split":
      let input = Input([5, 3])
      let layer = Bidirectional(SimpleRNN(2, sequences), merging: .none)
      return try Model(inputs: [input], outputs: layer.outputs(of: [Masking()(input)]))
    case "mean":
      return try chain {
        Dense(4, activation: .relu)
        LayerNorm()
        GlobalAveragePool1D()
      }
    case "mean with axes": return try chain { GlobalAveragePool1D(keepsAxes: true) }
    case "normalized":
      return try chain {
        BatchNorm(momentum: 0.5)
        GlobalAveragePool1D()
      }
    case "times":
      return try chain {
        TimeDistributed(Dense(3))
        SimpleRNN(2)
      }
    case "nested":
      return try chain {
        Sequential {
          Dense(4, activation: .tanh)
          GRU(2, sequences)
        }
        GlobalAveragePool1D()
      }
    case "ended":
      return try chain {
        ZeroPad1D(1)
        GlobalAveragePool1D()
      }
    case "again":
      return try chain {
        ActivationLayer(.relu)
        Masking()
        GlobalAveragePool1D()
      }
    case "attention": return try chain { MultiHeadAttention(heads: 2, keyFeatures: 3) }
    case "attention mean":
      return try chain {
        MultiHeadAttention(heads: 1, keyFeatures: 2, isCausal: true)
        GlobalAveragePool1D()
      }
    case "attention two": return try merging { MultiHeadAttention(heads: 1, keyFeatures: 2)([$0, $1]) }
    case "attention with dropout":
      return try merging { MultiHeadAttention(heads: 1, keyFeatures: 2, dropout: 0.1)([$0, $1]) }
    case "product": return try merging { Attention()([$0, $1]) }
    case "product causal":
      return try merging { GlobalAveragePool1D()(Attention(useScale: true, isCausal: true)([$0, $1])) }
    case "product of sums": return try merging { Attention(.sum, useScale: true, dropout: 0.1)([$0, $1]) }
    case "additive": return try merging { GlobalAveragePool1D()(AdditiveAttention()([$0, $1])) }
    case "additive causal": return try merging { AdditiveAttention(useScale: false, isCausal: true)([$0, $1]) }
    case "product of three": return try three(Attention())
    case "additive of three": return try three(AdditiveAttention())
    case "sum": return try merging { SimpleRNN(2)(Add()([$0, $1])) }
    case "sum with plain": return try merging(masksBoth: false) { SimpleRNN(2)(Add()([$0, $1])) }
    case "joined": return try merging { SimpleRNN(2)(Concatenate()([$0, $1])) }
    case "joined with plain": return try merging(masksBoth: false) { SimpleRNN(2)(Concatenate()([$0, $1])) }
    case "joined times":
      return try merging(masksBoth: false, second: [2, 3]) { SimpleRNN(2)(Concatenate(axis: 0)([$0, $1])) }
    default: return nil
    }
  }

  @Test(arguments: try (references("masks.json") as [String: Reference]).keys.sorted())
  func outputsAndGradients(name: String) throws {
    let reference = try #require(try (references("masks.json") as [String: Reference])[name])
    let model = try #require(try Self.model(name))
    for (index, parameter) in model.parameters.enumerated() {
      parameter.value = hashed(parameter.value.shape, seed: 2 + UInt64(index))
    }
    let masksBoth = !name.contains("plain") && name != "joined times"
    let inputs = model.inputShapes.enumerated().map { number, shape in
      var x = hashed(Shape([2] + Array(shape)), seed: 1 + 50 * UInt64(number))
      if shape.rank == 2, number == 0 || masksBoth, !name.hasSuffix("three") {
        for place in Self.padding[number] {
          var example = x[place[0]..<place[0] + 1]
          example.replaceSlice(place[1]..<place[1] + 1, axis: 1, with: Tensor(zeros: [1, 1, shape[1]]))
          x.replaceSlice(place[0]..<place[0] + 1, axis: 0, with: example)
        }
      }
      return Variable(tracking: x)
    }
    // Gradients are recorded, and nothing is dropped.
    let context = Context(appliesDropout: false, usesBatchStatistics: true, recordsGradients: true)
    let outputs = model.outputs(of: inputs, context)
    let statistics = model.namedBuffers.map(\.buffer.value)
    let found = outputs.map(\.value) + statistics
    #expect(found.map(\.shape) == reference.shapes.map { Shape($0) })
    guard found.map(\.shape) == reference.shapes.map({ Shape($0) }) else { return }
    for (index, output) in found.enumerated() {
      expectClose(output, reference.outputs[index], tolerance: SequenceLayersTests.tolerance, "output \(index)")
    }
    let products = outputs.enumerated().map {
      ($0.element * Variable(hashed($0.element.shape, seed: 100 + UInt64($0.offset)))).sum()
    }
    let gradients = products.dropFirst().reduce(products[0], +).gradients()
    let all = inputs.map { gradients[$0] } + model.parameters.map { gradients[$0] }
    #expect(all.count == reference.gradients.count)
    for (index, (found, expected)) in zip(all, reference.gradients).enumerated() {
      // What no place that counts depends on has no gradient, or one of zeros.
      guard let found else {
        #expect(expected.allSatisfy { $0 == 0 }, "gradient \(index)")
        continue
      }
      expectClose(found, expected, tolerance: SequenceLayersTests.tolerance, "gradient \(index)")
    }
    guard statistics.isEmpty else { return }
    #expect(model.outputs(of: inputs.map(\.value)) == outputs.map(\.value))
  }

  /// The number 0 is a place that does not count, as a value of all features is for `Masking`.
  @Test func anEmbeddingMasksZeros() throws {
    let (table, layer) = (Embedding(7, features: 3, masksZero: true), LSTM(2))
    let model = try Sequential(input: [5], layers: [table, layer])
    let plain = try Sequential(input: [3], layers: [table, layer])
    let filled = model(Tensor<Float>([3, 0, 0, 5, 0]).reshaped(to: [1, 5] as Shape))
    let expected = plain(Tensor<Float>([3, 5, 0]).reshaped(to: [1, 3] as Shape))
    expectClose(filled, expected.scalars.map(Double.init), tolerance: SequenceLayersTests.tolerance)
    // Without a mask the zeros count.
    let counting = Embedding(7, features: 3)
    let other = try Sequential(input: [5], layers: [counting, layer])
    counting.weight.value = table.weight.value
    #expect(filled != other(Tensor<Float>([3, 0, 0, 5, 0]).reshaped(to: [1, 5] as Shape)))
  }

  /// A mask goes where Kilim's own tools look into a model, too.
  @Test func aTappedModelHasTheMask() throws {
    let model = try Sequential(input: [5]) {
      Embedding(7, features: 3, masksZero: true)
      Dense(3)
      LSTM(2)
    }
    let x = Tensor<Float>([3, 2, 0, 0, 0]).reshaped(to: [1, 5] as Shape)
    let tapped = try model.tapped(at: "dense")
    #expect(tapped.outputs(of: [x, Tensor(zeros: [1, 5, 3])])[1] == model(x))
  }

  private func refusal(_ make: () throws -> Model) -> String {
    let error = #expect(throws: LayerError.self) { try make() }
    return error.map { "\($0)" } ?? ""
  }

  @Test func aMaskThatALayerCannotFollowIsRefused() throws {
    #expect(refusal { try Self.chain { Softmax() } }.contains("softmax"))
    #expect(refusal { try Self.chain { TimeDistributed(BatchNorm()) } }.contains("time_distributed"))
    #expect(refusal { try Self.chain { Recomputed { LSTM(2) } } }.contains("recomputed"))
    let places = Input([4, 5])
    #expect(
      refusal {
        try Model(input: places, output: BatchNorm()(Embedding(3, features: 2, masksZero: true)(places)))
      }.contains("alone"))
    // A part that makes and uses its mask is fine.
    _ = try Sequential(input: [5, 3]) {
      Recomputed {
        Masking()
        LSTM(2)
      }
    }
  }
}
