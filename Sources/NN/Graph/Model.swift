import Autograd
import Tensor

/// A network: layers that take each other's outputs, without cycles, with one or more inputs and outputs.
///
/// ```swift
/// let image = Input([3, 32, 32])
/// let features = Conv2D(16, kernelSize: 3, padding: .same, activation: .relu)(image)
/// let sum = features + Conv2D(16, kernelSize: 3, padding: .same)(features)
/// let model = try Model(input: image, output: Dense(10, activation: .softmax)(GlobalAveragePool2D()(sum)))
/// let probabilities = model(Tensor<Float>(zeros: [8, 3, 32, 32]))
/// ```
///
/// ``Sequential`` is the short form for layers one after the other. A model is a layer: it can be part of another model,
/// and models that are made of the same layers share their values.
///
/// **Parts.** Each inner value can be had by the name of its layer: ``upTo(_:)`` cuts the model behind a layer, and
/// ``value(of:)`` gives what a layer makes, to be an input or output of another model.
///
/// **Running.** What a call runs is planned once for each kind of call: models inside are spelled out, layers that do
/// nothing are left out, and a convolution is computed together with the normalization, activation and pooling behind it.
///
/// **Many tasks.** A model may be sent to other tasks and be called by many of them at once, also while one task trains
/// it; see ``Layer`` for what a call sees then.
///
/// `@unchecked Sendable` since a custom layer need not be `Sendable`: its call must follow the rules of ``Layer``.
public class Model: Layer, @unchecked Sendable {
  /// The layers under their names, each once, in the order in which they are first called.
  public let children: [(name: String, layer: any Layer)]
  /// The calls of the layers.
  package let graph: Graph
  /// The name of each input.
  public let inputNames: [String]
  private let properties: Lock<Properties>
  private let plans = PlanCache()
  /// Whether a call of a layer trains whatever the context says, here or in a model inside.
  private let holdsTraining: Bool

  private struct Properties {
    /// The shape of each value of the graph for one example; empty while the model is not built.
    var shapes: [Shape] = []
    /// The same for each of the inputs that the model was built for: without fixed ones it may stand in several places.
    var shapesByInputs: [[Shape]: [Shape]] = [:]
    /// Whether the input shapes were given when the model was made, so that they stay.
    var hasFixedInputs = false
    var symbols: [SymbolicValue]?
    var metadata: [String: String] = [:]
    var origin: (any Sendable)?
  }

  /// Makes the model that computes an output from an input. Layers that are part of another model keep their values and
  /// share them with it.
  ///
  /// - Parameters:
  ///   - input: the input: `Input([3, 224, 224])`, or an inner value of a model.
  ///   - output: what layers make of it.
  ///   - seed: of the first values of the parameters.
  /// - Throws: ``ModelError`` when the output depends on something else than the input or names do not fit;
  ///   ``LayerError`` for the first layer that cannot take what it would get.
  public convenience init(input: SymbolicValue, output: SymbolicValue, seed: UInt64 = 0) throws {
    try self.init(inputs: [input], outputs: [output], seed: seed)
  }

  /// Makes the model that computes one output from several inputs.
  ///
  /// - Throws: as ``init(input:output:seed:)``.
  public convenience init(inputs: [SymbolicValue], output: SymbolicValue, seed: UInt64 = 0) throws {
    try self.init(inputs: inputs, outputs: [output], seed: seed)
  }

  /// Makes the model that computes several outputs from one input.
  ///
  /// - Throws: as ``init(input:output:seed:)``.
  public convenience init(input: SymbolicValue, outputs: [SymbolicValue], seed: UInt64 = 0) throws {
    try self.init(inputs: [input], outputs: outputs, seed: seed)
  }

  /// Makes the model that computes outputs from inputs.
  ///
  /// - Throws: as ``init(input:output:seed:)``.
  public convenience init(inputs: [SymbolicValue], outputs: [SymbolicValue], seed: UInt64 = 0) throws {
    let trace = try GraphTrace(inputs: inputs, outputs: outputs)
    self.init(trace.layers, trace.graph, inputNames: trace.inputNames)
    var generator = RandomGenerator(seed: seed)
    _ = try buildKeepingValues(inputShapes: trace.inputShapes, using: &generator)
    _ = try MaskFlow(self)
    for call in graph.calls {
      guard case .call(let symbol) = trace.values[call.outputs.lowerBound].source else { continue }
      symbol.shapes.withLock { [shapes] in $0 = Array(shapes[call.outputs]) }
    }
    properties.withLock {
      $0.hasFixedInputs = true
      $0.symbols = trace.values
    }
  }

  /// Takes layers and the calls of them.
  init(_ layers: [(name: String, layer: any Layer)], _ graph: Graph, inputNames: [String]) {
    children = layers
    self.graph = graph
    self.inputNames = inputNames
    holdsTraining =
      graph.calls.contains { $0.training == true } || layers.contains { ($0.layer as? Model)?.holdsTraining == true }
    properties = Lock(Properties())
  }

  // MARK: What the model is made of

  /// The layers, each once, in the order in which they are first called.
  public var layers: [any Layer] { children.map(\.layer) }
  /// The name of each of the ``layers``.
  public var names: [String] { children.map(\.name) }

  /// The number of outputs.
  public var outputCount: Int { graph.outputs.count }
  /// The name of each output: that of the layer that makes it.
  public var outputNames: [String] {
    graph.outputs.map { value in
      value < graph.inputCount
        ? inputNames[value] : graph.calls.first { $0.outputs.contains(value) }.map { children[$0.layer].name } ?? ""
    }
  }

  /// The shape of the only or first input for one example, once the model is built.
  public var inputShape: Shape? { inputShapes.first }
  /// The shape of the only or first output for one example, once the model is built.
  public var outputShape: Shape? { outputShapes.first }
  /// The shape of each input for one example, once the model is built.
  public var inputShapes: [Shape] { Array(shapes.prefix(graph.inputCount)) }
  /// The shape of each output for one example, once the model is built.
  public var outputShapes: [Shape] {
    let shapes = shapes
    return shapes.isEmpty ? [] : graph.outputs.map { shapes[$0] }
  }
  /// The shape of the first output of each call of a layer for one example, in the order of the calls, once the model is
  /// built.
  public var layerOutputShapes: [Shape] {
    let shapes = shapes
    return shapes.isEmpty ? [] : graph.calls.map { shapes[$0.outputs.lowerBound] }
  }
  /// The shape of each value of the graph; empty while the model is not built. Those of the last building where it was built
  /// for several inputs.
  package var shapes: [Shape] { properties.withLock { $0.shapes } }

  /// The shape of each value of the graph for inputs of the given shapes, for one example, if the model was built for them;
  /// otherwise ``shapes``.
  package func shapes(for inputShapes: [Shape]) -> [Shape] {
    properties.withLock { $0.shapesByInputs[inputShapes] ?? $0.shapes }
  }

  /// Texts that are saved with the model: class names, preprocessing and the like.
  public var metadata: [String: String] {
    get { properties.withLock { $0.metadata } }
    set { properties.withLock { $0.metadata = newValue } }
  }
  /// What a reader of model files keeps for writing the model again.
  package var origin: (any Sendable)? {
    get { properties.withLock { $0.origin } }
    set { properties.withLock { $0.origin = newValue } }
  }

  /// The values of the graph as a description of the network; none while the model is not built.
  var symbols: [SymbolicValue] {
    properties.withLock { properties in
      if properties.shapes.isEmpty { return [] }
      if let symbols = properties.symbols { return symbols }
      var symbols = zip(inputNames, properties.shapes).map { SymbolicValue($1, name: $0) }
      for call in graph.calls {
        let (name, layer) = children[call.layer]
        let symbol = SymbolicCall(layer, inputs: call.inputs.map { symbols[$0] }, name: name, training: call.training)
        symbol.shapes.withLock { $0 = Array(properties.shapes[call.outputs]) }
        symbols += (0..<call.outputs.count).map { SymbolicValue(.call(symbol), index: $0) }
      }
      properties.symbols = symbols
      return symbols
    }
  }

  // MARK: Building

  /// Builds all layers, each for what it gets from others. Layers that are built already keep their values.
  ///
  /// - Throws: ``LayerError`` for the first layer that cannot take what it would get, also for one that is built already
  ///   or is called in two places and would need other parameters, and when the model was made for inputs of other shapes.
  public func build(inputShapes: [Shape], using generator: inout RandomGenerator) throws -> [Shape] {
    guard inputShapes.count == graph.inputCount else {
      throw LayerError(
        inputShapes: inputShapes,
        reason: "the model has \(counted(graph.inputCount, "input")), \(inputShapes.count) given"
      )
    }
    let made = properties.withLock { $0 }
    if made.hasFixedInputs, Array(made.shapes.prefix(graph.inputCount)) != inputShapes {
      throw LayerError(
        inputShapes: inputShapes,
        reason: "the model was made for inputs of shape \(text(made.shapes.prefix(graph.inputCount))); "
          + "its layers alone can be used with another shape")
    }
    var shapes = inputShapes
    for call in graph.calls {
      let (name, layer) = children[call.layer]
      let outputs = try layer.build(as: name, inputShapes: call.inputs.map { shapes[$0] }, using: &generator)
      guard outputs.count == call.outputs.count else {
        throw LayerError(
          inputShapes: inputShapes,
          reason: "its build returns \(counted(outputs.count, "shape")) for \(counted(call.outputs.count, "output"))"
        ).inside(name)
      }
      shapes += outputs
    }
    properties.withLock {
      $0.shapes = shapes
      $0.shapesByInputs[inputShapes] = shapes
    }
    plans.clear()
    return graph.outputs.map { shapes[$0] }
  }

  /// Builds all layers of a model with one input and one output.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    try build(inputShapes: [inputShape], using: &generator)[0]
  }

  /// Keeps the shapes of the inputs as they are from now on.
  func fixInputs() {
    properties.withLock { $0.hasFixedInputs = true }
  }

  /// Draws new first values for all parameters and buffers, the same ones as a new model with this seed has. Other
  /// models that share layers with this one get them too.
  ///
  /// - Throws: ``LayerError`` when the model is not built.
  public func reset(seed: UInt64 = 0) throws {
    guard !shapes.isEmpty else {
      throw LayerError(inputShape: [], reason: "the model is not built; use reset(inputShape:using:)")
    }
    var generator = RandomGenerator(seed: seed)
    try reset(inputShapes: inputShapes, using: &generator)
  }

  // MARK: Copying

  /// A model with a copy of each layer.
  public func makeCopy(_ copies: LayerCopies) throws -> any Layer {
    let copy = withLayers(try children.map { ($0.name, try copies.layer(any: $0.layer)) })
    let made = properties.withLock { $0 }
    copy.properties.withLock {
      $0 = made
      // A description that leads to the layers of this model.
      $0.symbols = nil
    }
    return copy
  }

  /// A model of the same type and graph that is made of other layers.
  func withLayers(_ layers: [(name: String, layer: any Layer)]) -> Model {
    Model(layers, graph, inputNames: inputNames)
  }

  // MARK: Running

  /// The outputs for batches `[N, …]` of each input. Stops with the name of the layer for a batch that it cannot take.
  public func outputs(of inputs: [Variable<Float>], _ context: Context) -> [Variable<Float>] {
    require(
      inputs.count == graph.inputCount, "the model has \(counted(graph.inputCount, "input")), \(inputs.count) given")
    let kind = CallKind(
      context, inputsNeedGradient: inputs.contains(where: \.needsGradient), holdsTraining: holdsTraining,
      inputShapes: shapesThatMatter(of: inputs))
    return plans.plan(for: kind) { Plan(self, kind) }.run(inputs, context, in: self)
  }

  /// The shapes of inputs for one example, if the model was built for them and for others too; otherwise `nil`.
  private func shapesThatMatter(of inputs: [Variable<Float>]) -> [Shape]? {
    properties.withLock { properties in
      guard properties.shapesByInputs.count > 1 else { return nil }
      let shapes = inputs.map { Shape($0.shape.dropFirst()) }
      return properties.shapesByInputs[shapes] == nil ? nil : shapes
    }
  }

  /// The output of a model with one input and one output for a batch `[N, …]`. Stops with the name of the layer for a
  /// batch that it cannot take.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    require(outputCount == 1, "the model has \(outputCount) outputs; outputs(of:) returns all of them")
    return outputs(of: [x], context)[0]
  }

  /// The outputs for batches `[N, …]` of each input, in inference mode and without a tape.
  public func outputs(of inputs: [Tensor<Float>]) -> [Tensor<Float>] {
    outputs(of: inputs.map { Variable($0) }, Context(.inference)).map(\.value)
  }
}

private func text(_ shapes: some Sequence<Shape>) -> String {
  shapes.map(\.description).joined(separator: " and ")
}
