import Autograd
import NN
import Tensor
import Testing

/// Heat maps, attributions and statistics against Keras in double precision.
struct ExplanationTests {
  private struct Case: Decodable {
    let gradCAM, layerCAM, maps, statistics, shares, drops: [Double]?
    let difference: Double?
  }

  private let image = hashed([1, 3, 12, 10], seed: 1)

  /// The network of `make_explanations.py`; the part in the middle may be a model of its own.
  private func network(nested: Bool = false, activation: Activation = .softmax) throws -> Model {
    let photo = Input([3, 12, 10])
    func middle(_ x: SymbolicValue) -> SymbolicValue {
      let branch = Conv2D(4, kernelSize: 3, padding: .same, useBias: false)(x, name: "branch")
      return ReLU()(Add()([x, BatchNorm()(branch, name: "norm")], name: "sum"), name: "joined")
    }
    let first = Conv2D(4, kernelSize: 3, padding: .same, activation: .relu)(photo, name: "first")
    let between = Input([4, 12, 10])
    let joined = nested ? try Model(input: between, output: middle(between))(first, name: "body") : middle(first)
    let last = Conv2D(6, kernelSize: 3, activation: .relu)(MaxPool2D(2)(joined), name: "last")
    let output = Dense(3, activation: activation)(GlobalAveragePool2D()(last), name: "classes")
    let model = try Model(input: photo, output: output)
    let body = nested ? "body." : ""
    try model.load(state: [
      "first.weight": hashed([4, 3, 3, 3], seed: 2, limit: 0.5), "first.bias": hashed([4], seed: 3, limit: 0.2),
      "\(body)branch.weight": hashed([4, 4, 3, 3], seed: 4, limit: 0.5),
      "\(body)norm.scale": 1 + hashed([4], seed: 5, limit: 0.5), "\(body)norm.shift": hashed([4], seed: 6, limit: 0.3),
      "\(body)norm.runningMean": hashed([4], seed: 7, limit: 0.2),
      "\(body)norm.runningVariance": 1.5 + hashed([4], seed: 8, limit: 1),
      "last.weight": hashed([6, 4, 3, 3], seed: 9, limit: 0.5), "last.bias": hashed([6], seed: 10, limit: 0.2),
      "classes.weight": hashed([6, 3], seed: 11, limit: 1), "classes.bias": hashed([3], seed: 12, limit: 0.5),
    ])
    return model
  }

  // Each number goes through at most four sums of 36 products of numbers near 1: errors of about 36 · 6e-8 each. The normalization has
  // the epsilon of Keras.
  private let tolerance = 1e-5

  @Test(arguments: ["first", "branch", "joined", "last"]) func mapsAreThoseOfKeras(_ layer: String) throws {
    let cases: [String: Case] = try references("explanations.json")
    let reference = cases[layer]
    for nested in [false, true] {
      let model = try network(nested: nested)
      let path = nested && layer != "first" && layer != "last" ? "body/\(layer)" : layer
      let maps = try model.featureMaps(of: path, for: image)
      expectClose(maps, try #require(reference?.maps), tolerance: tolerance)
      let gradCAM = try model.activationMap(of: .class(1), in: image, layer: path)
      #expect(gradCAM.layer == path && gradCAM.values.shape == Shape(maps.shape.dropFirst()))
      expectClose(gradCAM.values, try #require(reference?.gradCAM), tolerance: tolerance)
      let layerCAM = try model.activationMap(of: .class(1), in: image, layer: path, method: .layerCAM)
      expectClose(layerCAM.values, try #require(reference?.layerCAM), tolerance: tolerance)
    }
  }

  @Test func statisticsAreThoseOfKeras() throws {
    let cases: [String: Case] = try references("explanations.json")
    let found = try network().layerStatistics(for: image, of: .class(1))
    #expect(found.map(\.layer).contains("classes") && found.count == 9)
    for (layer, reference) in cases {
      guard let expected = reference.statistics else { continue }
      let statistics = try #require(found.first { $0.layer == layer })
      let numbers = [statistics.activations, statistics.gradients].compactMap(\.self).flatMap {
        [$0.mean, $0.deviation, $0.lowest, $0.highest, $0.zeroShare]
      }
      expectClose(numbers, expected, tolerance: tolerance, layer)
    }
  }

  @Test func attributionsAreThoseOfKeras() throws {
    let cases: [String: Case] = try references("explanations.json")
    let model = try network()
    let baseline = Tensor<Float>(repeating: 0.25, shape: [3, 12, 10])
    let found = try model.integratedGradients(of: .class(1), in: image, baseline: baseline, steps: 20, batchSize: 7)
    expectClose(found.values, try #require(cases["integrated"]?.shares), tolerance: tolerance)
    expectClose([Double(found.scoreDifference)], [try #require(cases["integrated"]?.difference)], tolerance: tolerance)
    // With more steps, the shares sum to the difference.
    let fine = try model.integratedGradients(of: .class(1), in: image, baseline: baseline, steps: 400)
    #expect(fine.completenessError < 0.01 * abs(fine.scoreDifference))

    let drops = try model.occlusionMap(
      of: .class(1), in: image, side: 4, stride: 3, cover: [0.1, -0.2, 0.3], batchSize: 5)
    expectClose(drops, try #require(cases["occlusion"]?.drops), tolerance: tolerance)
  }

  /// A softmax is explained by its logits, so the same weights without it give the same map.
  @Test func theLogitIsExplained() throws {
    let map = try network().activationMap(of: .class(2), in: image).values
    let bare = try network(activation: .linear).activationMap(of: .class(2), in: image).values
    #expect(map == bare)
  }

  /// A network with one output behind a sigmoid.
  private func single() throws -> Model {
    try Sequential(input: [3, 6, 6], seed: 1) {
      Conv2D(4, kernelSize: 3)
      GlobalAveragePool2D()
      Dense(1, activation: .sigmoid)
    }
  }

  @Test func aSingleOutputStandsForTwoClasses() throws {
    let model = try single()
    let x = hashed([1, 3, 6, 6], seed: 2)
    let (no, yes) = (
      try model.integratedGradients(of: .class(0), in: x, steps: 4),
      try model.integratedGradients(of: .class(1), in: x, steps: 4)
    )
    #expect(no.values == -yes.values && no.scoreDifference == -yes.scoreDifference && yes.scoreDifference != 0)
  }

  /// A number is explained by the output itself, not by what a sigmoid was given, and its sign is its own.
  @Test func aNumberIsExplainedByItself() throws {
    let model = try single()
    let x = hashed([1, 3, 6, 6], seed: 2)
    let shares = try model.integratedGradients(of: .number(0), in: x, steps: 4)
    let (end, start) = (model(x).scalars[0], model(Tensor(zeros: [1, 3, 6, 6])).scalars[0])
    #expect(abs(shares.scoreDifference - (end - start)) < 1e-6 && end != start)
    // The middle of a straight line has nearly the mean gradient.
    #expect(shares.completenessError < 0.01)
    // By the chain rule, the heat of the number is that of the logit times the slope of the sigmoid.
    let ofNumber = try model.activationMap(of: .number(0), in: x).values
    let ofLogit = try model.activationMap(of: .class(1), in: x).values
    expectClose(ofNumber, (ofLogit * (end * (1 - end))).scalars.map { Double($0) }, tolerance: 1e-6)
    #expect(throws: ExplanationError.output(1, count: 1)) { try model.activationMap(of: .number(1), in: x) }
    // Of several outputs without a sigmoid, a number and a class are the same.
    let bare = try network(activation: .linear)
    #expect(
      try bare.activationMap(of: .number(2), in: image).values == bare.activationMap(of: .class(2), in: image).values)
  }

  @Test func theLastFeatureLayerIsFound() throws {
    #expect(try network().lastFeatureLayer() == "last")
    let image = Input([3, 8, 8])
    let first = Conv2D(4, kernelSize: 3, padding: .same)(image, name: "first")
    let second = BatchNorm()(Conv2D(4, kernelSize: 3, padding: .same)(first, name: "second"))
    let end = ReLU()(first + second, name: "end")
    let model = try Model(input: image, output: Dense(2)(Flatten()(MaxPool2D(2)(end))))
    #expect(try model.lastFeatureLayer() == "end")
    let joined = ReLU()(concatenate([end, Dense(2, actsOnPixels: true)(end)]), name: "joined")
    let wider = try Model(input: image, output: Dense(2)(GlobalAveragePool2D()(joined)))
    #expect(try wider.lastFeatureLayer() == "joined")
    let pooled = try Sequential(input: [3, 8, 8]) {
      Conv2D(4, kernelSize: 3, activation: .relu).named("conv")
      MaxPool2D(2)
      BatchNorm()
      Flatten()
      Dense(2)
    }
    #expect(try pooled.lastFeatureLayer() == "conv")
    let whole = try Sequential(input: [3, 8, 8]) { pooled.named("body") }
    #expect(try whole.lastFeatureLayer() == "body/conv")
    let dense = try Sequential(input: [4]) { Dense(2) }
    #expect(throws: ExplanationError.noConvolution) { try dense.lastFeatureLayer() }
  }

  @Test func whatCannotBeExplainedIsAnError() throws {
    let model = try network()
    #expect(throws: ExplanationError.output(3, count: 3)) { try model.activationMap(of: .class(3), in: image) }
    #expect(throws: ExplanationError.input(found: [3, 12, 10], expected: [3, 12, 10])) {
      try model.activationMap(of: .class(0), in: image.select(0))
    }
    #expect(throws: ExplanationError.noFeatureMaps(layer: "classes", shape: [3])) {
      try model.activationMap(of: .class(0), in: image, layer: "classes")
    }
    #expect(throws: ModelError.self) { try model.activationMap(of: .class(0), in: image, layer: "none") }
    #expect(throws: ExplanationError.option("the side of a square", found: 11, expected: "from 1 to 10")) {
      try model.occlusionMap(of: .class(0), in: image, side: 11, stride: 1)
    }
    #expect(throws: ExplanationError.self) { try model.integratedGradients(of: .class(0), in: image, steps: 0) }
    let vectors = try Sequential(input: [4]) { Dense(2) }
    let noImages = #expect(throws: ExplanationError.noImages(inputShape: [4])) {
      try vectors.occlusionMap(of: .class(0), in: Tensor(ones: [1, 4]), side: 1, stride: 1)
    }
    #expect("\(try #require(noImages))" == "the model takes inputs of shape [4]; expected images, [C, H, W]")
    let baseline = #expect(throws: ExplanationError.baseline(found: [3, 12], expected: [3, 12, 10])) {
      try model.integratedGradients(of: .class(0), in: image, baseline: Tensor(zeros: [3, 12]))
    }
    #expect(
      "\(try #require(baseline))" == "the baseline has the shape [3, 12]; expected that of the example, [3, 12, 10]")
    let broken = Tensor<Float>(repeating: .nan, shape: [1, 3, 12, 10])
    #expect(throws: ExplanationError.notFinite) { try model.activationMap(of: .class(0), in: broken) }
    #expect(throws: ExplanationError.notFinite) {
      try model.occlusionMap(of: .class(0), in: broken, side: 4, stride: 4)
    }
  }
}
