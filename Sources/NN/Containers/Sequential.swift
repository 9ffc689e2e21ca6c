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
public final class Sequential: Layer {
  /// The layers in the order of their work.
  public let layers: [any Layer]
  /// The name of each layer: its type in small letters, numbered from the second of a type on: `conv2d`, `conv2d_1`.
  public let names: [String]
  /// The shape of one input, once the model is built.
  public private(set) var inputShape: Shape?
  /// The shape of the output of each layer for one input, once the model is built.
  public private(set) var outputShapes: [Shape] = []
  /// Texts that travel with the model into its file: class names, preprocessing, whatever belongs to it.
  public var metadata: [String: String] = [:]
  /// What a call runs: the layers, some of them joined.
  private let stages: [(Variable<Float>, Context) -> Variable<Float>]

  /// Makes a model and its parameters.
  ///
  /// - Parameters:
  ///   - input: the shape of one example, without the batch axis: `[C, H, W]` for images.
  ///   - seed: of the first values of the parameters.
  ///   - layers: the layers.
  /// - Throws: ``LayerError`` for the first layer that cannot take what the one before gives it.
  public convenience init(input: Shape, seed: UInt64 = 0, @LayerBuilder _ layers: () throws -> [any Layer]) throws {
    try self.init(input: input, seed: seed, layers: layers())
  }

  /// Makes a model and its parameters from a list of layers.
  ///
  /// - Throws: ``LayerError`` for the first layer that cannot take what the one before gives it.
  public convenience init(input: Shape, seed: UInt64 = 0, layers: [any Layer]) throws {
    self.init(layers: layers)
    var generator = RandomGenerator(seed: seed)
    _ = try build(inputShape: input, using: &generator)
  }

  /// Makes a part of a larger model, which builds it.
  public convenience init(@LayerBuilder _ layers: () -> [any Layer]) {
    self.init(layers: layers())
  }

  /// Takes layers that are built already, each for the output of the one before.
  package convenience init(built layers: [any Layer], inputShape: Shape, outputShapes: [Shape]) {
    self.init(layers: layers)
    self.inputShape = inputShape
    self.outputShapes = outputShapes
  }

  private init(layers: [any Layer]) {
    self.layers = layers
    stages = Self.stages(of: layers)
    var counts: [String: Int] = [:]
    names = layers.map { layer in
      let kind = snakeCase(String(describing: type(of: layer)))
      defer { counts[kind, default: 0] += 1 }
      return counts[kind].map { "\(kind)_\($0)" } ?? kind
    }
  }

  /// The shape of the output for one input.
  public var outputShape: Shape? { outputShapes.last ?? inputShape }

  /// The layers under their names.
  public var children: [(name: String, layer: any Layer)] {
    zip(names, layers).map { ($0, $1) }
  }

  /// Builds all layers, each for the output of the one before.
  ///
  /// - Throws: ``LayerError`` for the first layer that cannot take what it would get, also for one that stands in two
  ///   places and would need other parameters in the second.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    outputShapes = []
    self.inputShape = inputShape
    var shape = inputShape
    for (index, layer) in layers.enumerated() {
      let place = layers.firstIndex { $0 === layer } ?? index
      let shapes = place < index ? layer.parameters.map(\.value.shape) : nil
      let input = shape
      shape = try layer.build(as: names[index], inputShape: input, using: &generator)
      if let shapes, shapes != layer.parameters.map(\.value.shape) {
        throw LayerError(
          inputShape: input, reason: "\(names[index]) is \(names[place]), whose parameters have shapes \(shapes)")
      }
      outputShapes.append(shape)
    }
    return shape
  }

  /// The result of all layers for a batch `[N, …]`.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    stages.reduce(x) { $1($0, context) }
  }

  /// The layers as functions; a convolution takes the layers in that can be computed together with it.
  private static func stages(of layers: [any Layer]) -> [(Variable<Float>, Context) -> Variable<Float>] {
    var stages: [(Variable<Float>, Context) -> Variable<Float>] = []
    var rest = layers[...]
    while let layer = rest.first {
      if let block = ConvolutionBlock(rest) {
        stages.append { block($0, $1) }
        rest = rest.dropFirst(block.layerCount)
      } else {
        stages.append { layer($0, $1) }
        rest = rest.dropFirst()
      }
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
