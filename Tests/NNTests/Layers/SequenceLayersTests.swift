import Autograd
import NN
import Tensor
import Testing

/// Layers for sequences with several inputs and outputs against Keras in double precision; see `make_sequences.py`.
struct SequenceLayersTests {
  struct Reference: Decodable {
    let shapes: [[Int]]
    let outputs: [[Double]]
    /// With respect to the inputs and each parameter.
    let gradients: [[Double]]
  }

  /// Sums of up to 60 products, each rounded to 2⁻²⁴ of numbers not above the largest, that pass up to 6 steps.
  static let tolerance = 6 * 60 * 0x1p-24

  @Test func constraintsAreOfUnitsHoweverTheyAreGiven() {
    var later = RecurrentOptions()
    (later.kernelConstraint, later.recurrentConstraint, later.biasConstraint) = (.maxNorm(3), .unitNorm(), .maxNorm())
    let options = RecurrentOptions(
      kernelConstraint: .maxNorm(3), recurrentConstraint: .unitNorm(), biasConstraint: .maxNorm())
    #expect(options == later)
    for parameters in [LSTM(2, later).parameters, GRU(2, later).parameters, SimpleRNN(2, later).parameters] {
      let constraints: [Constraint] = [.maxNorm(3, axes: [0]), .unitNorm(axes: [0]), .maxNorm(axes: [0])]
      #expect(parameters.map(\.constraint) == constraints)
    }
  }

  /// Keras 3.15: `MaxNorm(1, axis=[0, 1, 2])` of the kernel `np.arange(16).reshape(2, 2, 1, 4) / 8`, in the order of the
  /// weight here.
  @Test func constraintsOfImagesInSequenceAreOfFilters() throws {
    let layer = ConvLSTM2D(
      1, kernelSize: 2, RecurrentOptions(kernelConstraint: .maxNorm(1), recurrentConstraint: .maxNorm(1)))
    let kernel = Tensor<Float>(shape: [2, 2, 1, 4], scalars: (0..<16).map { Float($0) / 8 }).permuted([3, 2, 0, 1])
    let expected = [
      0, 0.2672612, 0.5345224, 0.8017836, 0.0601929, 0.3009647, 0.5417364, 0.7825081, 0.1091089, 0.3273268, 0.5455447,
      0.7637626, 0.1492556, 0.348263, 0.5472705, 0.7462779,
    ]
    for parameter in [layer.weight, layer.recurrentWeight] {
      let constraint = try #require(parameter.constraint)
      expectClose(constraint(kernel), expected, tolerance: 1e-6)
    }
  }

  static func layer(_ name: String) -> (layer: any Layer, inputs: [Shape])? {
    let (all, states) = (
      RecurrentOptions(returnsSequences: true, returnsState: true), RecurrentOptions(returnsState: true)
    )
    return switch name {
    case "attention self": (MultiHeadAttention(heads: 2, keyFeatures: 3), [[2, 4, 6]])
    case "attention causal": (MultiHeadAttention(heads: 2, keyFeatures: 2, isCausal: true), [[2, 5, 4]])
    case "attention window": (MultiHeadAttention(heads: 1, keyFeatures: 2, window: 2), [[2, 5, 4]])
    case "attention causal window":
      (MultiHeadAttention(heads: 1, keyFeatures: 2, isCausal: true, window: 3), [[1, 6, 4]])
    case "attention two":
      (
        MultiHeadAttention(heads: 3, keyFeatures: 2, valueFeatures: 4, outputFeatures: 5, dropout: 0.1),
        [[2, 3, 4], [2, 5, 6]]
      )
    case "attention three":
      (MultiHeadAttention(heads: 2, keyFeatures: 2, useBias: false), [[2, 3, 4], [2, 5, 2], [2, 5, 3]])
    case "attention gate":
      (MultiHeadAttention(heads: 2, keyFeatures: 3, valueFeatures: 2, dropout: 0.1, useGate: true), [[2, 3, 4]])
    case "attention blind": (MultiHeadAttention(heads: 1, keyFeatures: 2, window: 1), [[1, 5, 4], [1, 2, 4]])
    case "attention blind with dropout":
      (MultiHeadAttention(heads: 1, keyFeatures: 2, dropout: 0.1, window: 1), [[1, 5, 4], [1, 2, 4]])
    case "attention pixels": (MultiHeadAttention(heads: 2, keyFeatures: 3), [[2, 4, 3, 2]])
    case "attention rows": (MultiHeadAttention(heads: 2, keyFeatures: 3, axes: [2]), [[2, 4, 3, 2]])
    case "simple states": (SimpleRNN(3, states), [[2, 4, 2], [2, 3]])
    case "lstm states": (LSTM(3, all), [[2, 4, 2], [2, 3], [2, 3]])
    case "lstm last and states":
      (
        LSTM(2, recurrentActivation: .tanh, RecurrentOptions(returnsState: true, goesBackwards: true)), [[2, 3, 2]]
      )
    case "gru states": (GRU(3, all), [[2, 4, 2], [2, 3]])
    case "gru before": (GRU(3, activation: .relu, resetAfter: false, states), [[2, 4, 2]])
    case "bidirectional split": (Bidirectional(LSTM(2, all), merging: .none), [[2, 3, 2]])
    case "bidirectional states": (Bidirectional(GRU(2, states), merging: .sum), [[2, 3, 2], [2, 2], [2, 2]])
    case "bidirectional two kinds":
      (
        Bidirectional(
          LSTM(2, returnsSequences: true),
          backward: GRU(3, RecurrentOptions(returnsSequences: true, goesBackwards: true))), [[2, 3, 2]]
      )
    default: nil
    }
  }

  @Test(arguments: try (references("sequences.json") as [String: Reference]).keys.sorted())
  func outputsAndGradients(name: String) throws {
    let reference = try #require(try (references("sequences.json") as [String: Reference])[name])
    let (layer, shapes) = try #require(Self.layer(name))
    var generator = RandomGenerator(seed: 0)
    let built = try layer.build(inputShapes: shapes.map { Shape($0.dropFirst()) }, using: &generator)
    for (index, parameter) in layer.parameters.enumerated() {
      parameter.value = hashed(parameter.value.shape, seed: 2 + UInt64(index))
    }
    let inputs = shapes.enumerated().map { Variable(tracking: hashed($0.element, seed: 1 + 50 * UInt64($0.offset))) }
    // Gradients are recorded, and nothing is dropped.
    let context = Context(appliesDropout: false, usesBatchStatistics: true, recordsGradients: true)
    let outputs = layer.outputs(of: inputs, context)
    #expect(outputs.map(\.shape) == reference.shapes.map { Shape($0) })
    #expect(built == reference.shapes.map { Shape($0.dropFirst()) })
    #expect(layer.outputCount == outputs.count)
    guard outputs.map(\.shape) == reference.shapes.map({ Shape($0) }) else { return }
    for (index, output) in outputs.enumerated() {
      expectClose(output.value, reference.outputs[index], tolerance: Self.tolerance, "output \(index)")
    }
    let inferred = layer.outputs(of: inputs.map { $0.detached() }, Context(.inference))
    #expect(inferred.map(\.value) == outputs.map(\.value))

    let products = outputs.enumerated().map {
      ($0.element * Variable(hashed($0.element.shape, seed: 100 + UInt64($0.offset)))).sum()
    }
    let gradients = products.dropFirst().reduce(products[0], +).gradients()
    let found = inputs.map { gradients[$0] } + layer.parameters.map { gradients[$0] }
    #expect(found.count == reference.gradients.count)
    for (index, (found, expected)) in zip(found, reference.gradients).enumerated() {
      expectClose(try #require(found), expected, tolerance: Self.tolerance, "gradient \(index)")
    }
  }

  /// The bias of the forget gate is 1 at first, and a recurrent weight is orthogonal.
  @Test func firstValues() throws {
    var generator = RandomGenerator(seed: 4)
    let layer = LSTM(5)
    _ = try layer.build(inputShape: [7, 3], using: &generator)
    #expect(layer.bias?.value.scalars == (0..<20).map { $0 / 5 == 1 ? 1 : 0 })
    let square = layer.recurrentWeight.value.matmul(layer.recurrentWeight.value.transposed())
    // Rows of length 1, rounded to 2⁻²⁴ in each of 20 products.
    let identity = Tensor<Float>((0..<25).map { $0 % 6 == 0 ? 1 : 0 }).reshaped(to: [5, 5] as Shape)
    #expect((square - identity).absolute().max().scalar <= 20 * 0x1p-24)
    // Each of four filters is a vector.
    let filters = Initializer.orthogonal(gain: 2)([4, 2, 3], fanIn: 6, fanOut: 12, using: &generator)
    let vectors = filters.reshaped(to: [4, 6] as Shape)
    let product = vectors.matmul(vectors.transposed())
    let four = Tensor<Float>((0..<16).map { $0 % 5 == 0 ? 4 : 0 }).reshaped(to: [4, 4] as Shape)
    #expect((product - four).absolute().max().scalar <= 4 * 20 * 0x1p-24)
  }

  /// The same part is dropped at all times, of the input and of the state; nothing in inference.
  @Test func dropoutIsTheSameAtAllTimes() throws {
    let options = RecurrentOptions(
      useBias: false, initializer: .constant(1), recurrentInitializer: .zeros, dropout: 0.5, returnsSequences: true)
    for layer in [
      SimpleRNN(1, activation: .linear, options) as any RecurrentLayer, LSTM(1, options), GRU(1, options),
    ] {
      var generator = RandomGenerator(seed: 1)
      _ = try layer.build(inputShape: [3, 1], using: &generator)
      let x = Variable(Tensor<Float>(ones: [400, 3, 1]))
      let y = layer(x, Context(.training, seed: 3)).value
      let kept = y.select(0, axis: 1).scalars.filter { $0 != 0 }.count
      // Of 400 examples half are kept, within 5 deviations of 10.
      #expect((150...250).contains(kept))
      for time in 1..<3 {
        #expect(
          zip(y.select(0, axis: 1).scalars, y.select(time, axis: 1).scalars).allSatisfy { ($0 == 0) == ($1 == 0) })
      }
      #expect(layer(x, Context(.inference)).value.select(0, axis: 1).scalars.allSatisfy { $0 != 0 })
    }
    for layer in [
      SimpleRNN(2, RecurrentOptions(recurrentDropout: 0.5)) as any RecurrentLayer,
      LSTM(2, RecurrentOptions(dropout: 0.2, recurrentDropout: 0.5)),
      GRU(2, resetAfter: false, RecurrentOptions(dropout: 0.2, recurrentDropout: 0.5)),
    ] {
      var generator = RandomGenerator(seed: 1)
      _ = try layer.build(inputShape: [3, 2], using: &generator)
      let x = Variable(Tensor<Float>(normal: [8, 3, 2], using: &generator))
      let (a, b) = (layer(x, Context(.training, seed: 3)).value, layer(x, Context(.training, seed: 3)).value)
      #expect(a == b)
      #expect(a != layer(x, Context(.inference)).value)
    }
  }

  @Test func theOptionsNeededMostNeedNoOptionsType() {
    let expected = RecurrentOptions(dropout: 0.1, recurrentDropout: 0.2, returnsSequences: true, returnsState: true)
    let layers: [any StandardRecurrentLayer] = [
      LSTM(2, returnsSequences: true, returnsState: true, dropout: 0.1, recurrentDropout: 0.2),
      GRU(2, returnsSequences: true, returnsState: true, dropout: 0.1, recurrentDropout: 0.2),
      SimpleRNN(2, returnsSequences: true, returnsState: true, dropout: 0.1, recurrentDropout: 0.2),
    ]
    for layer in layers { #expect(layer.options == expected && layer.units == 2) }
    #expect(LSTM(2, returnsSequences: false).options == LSTM(2).options)
  }

  @Test func denseTreatsEachTimeByItself() throws {
    let layer = Dense(3, activation: .tanh)
    var generator = RandomGenerator(seed: 1)
    #expect(try layer.build(inputShape: [4, 2], using: &generator) == [4, 3])
    let x = Tensor<Float>(normal: [5, 4, 2], using: &generator)
    for time in 0..<4 { #expect(layer(x).select(time, axis: 1) == layer(x.select(time, axis: 1))) }
  }

  @Test func embedding() throws {
    let layer = Embedding(4, features: 2)
    var generator = RandomGenerator(seed: 1)
    #expect(try layer.build(inputShape: [3], using: &generator) == [3, 2])
    layer.weight.value = Tensor([0, 1, 10, 11, 20, 21, 30, 31]).reshaped(to: [4, 2] as Shape)
    let numbers = Tensor<Float>([3, 0, 0.9, 2, 2, 1]).reshaped(to: [2, 3] as Shape)
    let context = Context(.training)
    let y = layer(Variable(numbers), context)
    #expect(y.value.scalars == [30, 31, 0, 1, 0, 1, 20, 21, 20, 21, 10, 11])
    #expect(y.sum().gradients()[layer.weight]?.scalars == [2, 2, 1, 1, 2, 2, 1, 1])
    let pixels = Embedding(4, features: 2)
    #expect(try pixels.build(inputShape: [2, 3], using: &generator) == [2, 2, 3])
    #expect(pixels(numbers.reshaped(to: [1, 2, 3] as Shape)).select(1, axis: 1).scalars.count == 6)
  }

  /// One after the other where a normalization uses the batch, and together elsewhere.
  @Test func timeDistributed() throws {
    let (layer, inner) = (TimeDistributed(BatchNorm()), BatchNorm())
    var generator = RandomGenerator(seed: 1)
    #expect(try layer.build(inputShape: [3, 2], using: &generator) == [3, 2])
    _ = try inner.build(inputShape: [2], using: &generator)
    let x = Tensor<Float>(normal: [6, 3, 2], using: &generator)
    let context = Context(.training)
    let y = layer(Variable(x), context).value
    for time in 0..<3 {
      #expect(y.select(time, axis: 1) == inner(Variable(x.select(time, axis: 1).contiguous()), context).value)
    }
    #expect((layer.layer as? BatchNorm)?.runningMean.value == inner.runningMean.value)
    for time in 0..<3 {
      let expected = inner(x.select(time, axis: 1).contiguous())
      #expect((layer(x).select(time, axis: 1) - expected).absolute().max().scalar <= 4 * 0x1p-23)
    }

    let convolution = TimeDistributed(Conv2D(2, kernelSize: 3))
    #expect(try convolution.build(inputShape: [4, 3, 5, 6], using: &generator) == [4, 2, 3, 4])
    #expect(convolution(Tensor(ones: [2, 4, 3, 5, 6])).shape == [2, 4, 2, 3, 4])
  }

  /// Each row of an image is a sequence, and sequences that are made are rows again.
  @Test func rowsOfAnImageAreSequences() throws {
    var generator = RandomGenerator(seed: 2)
    let x = Tensor<Float>(normal: [2, 3, 4, 5], using: &generator)
    let (last, all) = (TimeDistributed(LSTM(6)), TimeDistributed(LSTM(6, returnsSequences: true)))
    #expect(try last.build(inputShape: [3, 4, 5], using: &generator) == [4, 6])
    #expect(try all.build(inputShape: [3, 4, 5], using: &generator) == [6, 4, 5])
    for row in 0..<4 {
      let sequence = x.select(row, axis: 2).permuted([0, 2, 1]).contiguous()
      #expect(last(x).select(row, axis: 1) == last.layer(sequence))
      #expect(all(x).select(row, axis: 2).permuted([0, 2, 1]) == all.layer(sequence))
    }
    #expect(last.multiplyAdds(inputShape: [3, 4, 5], outputShape: [4, 6]) == 4_320)
  }

  @Test func impossibleConfigurations() throws {
    var generator = RandomGenerator(seed: 1)
    func refuses(_ layer: any Layer, _ inputs: [Shape], _ reason: String) {
      var generator = RandomGenerator(seed: 1)
      let error = #expect(throws: LayerError.self) { try layer.build(inputShapes: inputs, using: &generator) }
      #expect(error?.reason == reason)
    }
    refuses(LSTM(2), [[4]], "a sequence [T, F] is needed")
    refuses(GRU(0), [[4, 2]], "units is 0, at least 1 is needed")
    refuses(LSTM(2), [[4, 2], [2]], "behind the sequence, 2 states of shape [2] or none can be given")
    refuses(SimpleRNN(2, RecurrentOptions(dropout: 1)), [[4, 2]], "a rate of dropout is 1.0, it must lie in [0, 1)")
    refuses(
      Bidirectional(LSTM(2), backward: LSTM(2)), [[4, 2]],
      "the two layers must go in opposite directions and return the same kinds of outputs")
    refuses(
      MultiHeadAttention(heads: 2, keyFeatures: 2, axes: [-1]), [[4, 2]], "the axis of the features cannot attend")
    refuses(Embedding(4, features: 2), [[2, 3, 4]], "numbers [], [T] or [H, W] are needed")
    refuses(TimeDistributed(Dense(2)), [[4]], "a sequence [T, …] is needed")
    refuses(Conv1DTranspose(2, kernelSize: 2), [[3, 4, 5]], "a sequence [T, F] is needed")
    refuses(Conv1DTranspose(0, kernelSize: 2), [[4, 2]], "filters is 0, at least 1 is needed")
    for layer in [
      Conv1DTranspose(2, kernelSize: 2, padding: .causal), Conv1DTranspose(2, kernelSize: 0),
      Conv1DTranspose(2, kernelSize: 2, stride: 2, outputPadding: 2),
    ] {
      let error = #expect(throws: LayerError.self) { try layer.build(inputShape: [4, 2], using: &generator) }
      #expect(error?.reason.contains("leave no output") == true)
    }
  }
}
