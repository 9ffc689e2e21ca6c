import Autograd
import Tensor

/// Layers one after the other.
///
/// ```swift
/// let model = try Sequential(input: [3, 64, 64]) {
///   for filters in [32, 64] {
///     Conv2D(filters, kernelSize: 3, padding: .same, activation: .relu)
///     MaxPool2D(2)
///   }
///   Flatten()
///   Dense(11, activation: .softmax)
/// }
/// let probabilities = model(images)
/// ```
///
/// A model may be sent to other tasks and be called by many of them at once, also while one task trains it; see ``Layer``
/// for what a call sees then. Models that are made of the same layers share their values.
///
/// `@unchecked` since a custom layer need not be `Sendable`: its call must follow the rules of ``Layer``.
public final class Sequential: Layer, @unchecked Sendable {
  /// The layers in the order in which they are called.
  public let layers: [any Layer]
  /// The name of each layer: its type in small letters, numbered from the second of a type on: `conv2d`, `conv2d_1`.
  public let names: [String]
  /// The shape of one input, once the model is built.
  public var inputShape: Shape? { properties.withLock { $0.inputShape } }
  /// The shape of the output of each layer for one input, once the model is built.
  public var outputShapes: [Shape] { properties.withLock { $0.outputShapes } }
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
  private struct Properties {
    var inputShape: Shape?
    /// Whether the input shape was given when the model was made, so that it stays.
    var hasFixedInput = false
    var outputShapes: [Shape] = []
    var metadata: [String: String] = [:]
    var origin: (any Sendable)?
  }
  private let properties = Lock(Properties())
  /// What a call runs: the layers, some of them joined.
  private let stages: [Stage]

  /// Makes a model and its parameters. Layers that are part of another model keep their values and share them with it.
  ///
  /// - Parameters:
  ///   - input: the shape of one example, without the batch axis: `[C, H, W]` for images.
  ///   - seed: of the first values of the parameters.
  ///   - layers: the layers.
  /// - Throws: ``LayerError`` for the first layer that cannot take what the one before gives it.
  public convenience init(input: Shape, seed: UInt64 = 0, @LayerBuilder _ layers: () throws -> [any Layer]) throws {
    try self.init(input: input, seed: seed, layers: layers())
  }

  /// Makes a model and its parameters from a list of layers. Layers that are part of another model keep their values and
  /// share them with it.
  ///
  /// - Throws: ``LayerError`` for the first layer that cannot take what the one before gives it.
  public convenience init(input: Shape, seed: UInt64 = 0, layers: [any Layer]) throws {
    self.init(layers: layers)
    var generator = RandomGenerator(seed: seed)
    _ = try buildKeepingValues(inputShapes: [input], using: &generator)
    properties.withLock { $0.hasFixedInput = true }
  }

  /// Makes a part of a larger model, which builds it.
  public convenience init(@LayerBuilder _ layers: () -> [any Layer]) {
    self.init(layers: layers())
  }

  /// Takes layers that are built already, each for the output of the one before.
  package convenience init(built layers: [any Layer], inputShape: Shape, outputShapes: [Shape]) {
    self.init(layers: layers)
    properties.withLock { $0 = Properties(inputShape: inputShape, hasFixedInput: true, outputShapes: outputShapes) }
  }

  private init(layers: [any Layer]) {
    self.layers = layers
    var counts: [String: Int] = [:]
    names = layers.map { layer in
      let kind = snakeCase(String(describing: type(of: layer)))
      defer { counts[kind, default: 0] += 1 }
      return counts[kind].map { "\(kind)_\($0)" } ?? kind
    }
    stages = Self.stages(of: layers)
  }

  /// The shape of the output for one input.
  public var outputShape: Shape? { outputShapes.last ?? inputShape }

  /// The layers under their names.
  public var children: [(name: String, layer: any Layer)] {
    zip(names, layers).map { ($0, $1) }
  }

  /// Builds all layers, each for the output of the one before. Layers that are built already keep their values.
  ///
  /// - Throws: ``LayerError`` for the first layer that cannot take what it would get, also for one that is built already
  ///   or stands in two places and would need other parameters, and when the model was made for inputs of another shape.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    let made = properties.withLock { $0 }
    if made.hasFixedInput, let expected = made.inputShape, expected != inputShape {
      throw LayerError(
        inputShape: inputShape,
        reason: "the model was made for inputs of shape \(expected); its layers alone can be used with another shape")
    }
    var shapes: [Shape] = []
    for (name, layer) in zip(names, layers) {
      shapes.append(try layer.build(as: name, inputShape: shapes.last ?? inputShape, using: &generator))
    }
    properties.withLock {
      $0.inputShape = inputShape
      $0.outputShapes = shapes
    }
    return shapes.last ?? inputShape
  }

  /// Draws new first values for all parameters and buffers, the same ones as a new model with this seed has. Other
  /// models that share layers with this one get them too.
  ///
  /// - Throws: ``LayerError`` when the model is not built.
  public func reset(seed: UInt64 = 0) throws {
    guard let inputShape else {
      throw LayerError(inputShape: [], reason: "the model is not built; use reset(inputShape:using:)")
    }
    var generator = RandomGenerator(seed: seed)
    try reset(inputShape: inputShape, using: &generator)
  }

  /// The result of all layers for a batch `[N, …]`. Stops with the name of the layer for a batch that it cannot take.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let root = StopPlace.current?.root as? Sequential ?? self
    return stages.reduce(x) { x, stage in
      let (index, input) = (stage.layer, x.shape)
      let place = StopPlace(root: root) { self.describe(index, of: root, calledWith: input) }
      return StopPlace.$current.withValue(place) { stage.run(x, context) }
    }
  }

  /// As in `layer residual.body.dense, built for inputs of shape [4] and called with [5]`.
  private func describe(_ index: Int, of root: Sequential, calledWith batch: Shape) -> String {
    let shapes = [inputShape].compactMap(\.self) + outputShapes
    let path = root.layersByPath.first { $0.layer === layers[index] }?.path ?? names[index]
    let expected = shapes.indices.contains(index) ? "built for inputs of shape \(shapes[index])" : "not built"
    return "layer \(path), \(expected) and called with \(Shape(batch.dropFirst()))"
  }

  /// One or several layers as a function.
  private struct Stage {
    /// The index of the first of the layers.
    let layer: Int
    let run: (Variable<Float>, Context) -> Variable<Float>
  }

  /// The layers as functions; a convolution is joined with the layers that can be computed together with it.
  private static func stages(of layers: [any Layer]) -> [Stage] {
    var stages: [Stage] = []
    var rest = layers[...]
    while let layer = rest.first {
      let block = ConvolutionBlock(rest)
      stages.append(Stage(layer: rest.startIndex) { block?($0, $1) ?? layer($0, $1) })
      rest = rest.dropFirst(block?.layerCount ?? 1)
    }
    return stages
  }

  /// The sum over the layers.
  public func multiplyAdds(inputShape: Shape, outputShape: Shape) -> Int {
    zip(layers, zip([inputShape] + outputShapes, outputShapes))
      .reduce(0) { $0 + $1.0.multiplyAdds(inputShape: $1.1.0, outputShape: $1.1.1) }
  }
}

/// `MaxPool2D` as `max_pool2d`: small letters, with `_` before a capital that follows a small letter.
private func snakeCase(_ name: String) -> String {
  var result = ""
  var previous: Character?
  for character in name {
    if character.isUppercase, let previous, previous.isLowercase { result.append("_") }
    result += character.lowercased()
    previous = character
  }
  return result
}
