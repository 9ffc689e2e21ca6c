import Tensor

/// Layers one after the other: the short form of a ``Model`` that is a chain.
///
/// ```swift
/// let model = try Sequential(input: [3, 64, 64]) {
///   for filters in [32, 64] {
///     Conv2D(filters, kernelSize: 3, padding: .same, activation: .relu)
///     MaxPool2D(2)
///   }
///   Flatten()
///   Dense(11, activation: .softmax).named("classes")
/// }
/// let probabilities = model(images)
/// ```
///
/// A layer is named after its type in small letters, numbered from the second of a type on: `conv2d`, `conv2d_1`; or as
/// ``Layer/named(_:)`` says.
public final class Sequential: Model, @unchecked Sendable {
  /// Makes a model and its parameters. Layers that are part of another model keep their values and share them with it.
  ///
  /// - Parameters:
  ///   - input: the shape of one example, without the batch axis: `[C, H, W]` for images, or the `inputShape` of another model.
  ///   - seed: of the first values of the parameters.
  ///   - layers: the layers.
  /// - Throws: ``LayerError`` for the first layer that cannot take what the one before gives it; ``ModelError`` for
  ///   names that do not fit, and when `input` is `nil`.
  public convenience init(input: Shape?, seed: UInt64 = 0, @LayerBuilder _ layers: () throws -> [NamedLayer]) throws {
    try self.init(input: input, seed: seed, named: layers())
  }

  /// Makes a model and its parameters from a list of layers. Layers that are part of another model keep their values and
  /// share them with it.
  ///
  /// - Throws: ``LayerError`` for the first layer that cannot take what the one before gives it; ``ModelError`` when `input` is
  ///   `nil`.
  public convenience init(input: Shape?, seed: UInt64 = 0, layers: [any Layer]) throws {
    try self.init(input: input, seed: seed, named: layers.map { NamedLayer($0) })
  }

  private convenience init(input: Shape?, seed: UInt64, named layers: [NamedLayer]) throws {
    guard let input else { throw ModelError.noInputShape }
    try self.init(names: LayerNames(given: layers.compactMap(\.name)), layers)
    var generator = RandomGenerator(seed: seed)
    _ = try buildKeepingValues(inputShapes: [input], using: &generator)
    _ = try MaskFlow(self)
    fixInputs()
  }

  /// Makes a part of a larger model, which builds it. Stops for names that do not fit.
  public convenience init(@LayerBuilder _ layers: () -> [NamedLayer]) {
    let layers = layers()
    do throws(ModelError) {
      self.init(names: try LayerNames(given: layers.compactMap(\.name)), layers)
    } catch {
      stop("Sequential: \(error)")
    }
  }

  private convenience init(names: LayerNames, _ layers: [NamedLayer]) {
    var names = names
    self.init(chain: layers.map { ($0.name ?? names.name(for: $0.layer), $0.layer) })
  }

  private init(chain layers: [(name: String, layer: any Layer)]) {
    super.init(layers, Graph(chainOf: layers.count), inputNames: ["input"])
  }

  override func withLayers(_ layers: [(name: String, layer: any Layer)]) -> Model { Sequential(chain: layers) }
}
