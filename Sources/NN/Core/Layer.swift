import Autograd
import Tensor

/// A part of a network: turns a batch into another one, with parameters of its own or without.
///
/// A layer keeps its parameters, buffers and inner layers in stored properties: directly, as optionals, or in arrays.
/// They are found there and named after the properties. In a tuple, struct, dictionary or enum they would be neither
/// trained nor saved: such a layer is refused when it is built. Parameters that depend on the shape of the input get
/// their value when the layer is built.
///
/// **Building again.** A layer that is part of a second model is built again and keeps its values: both models share
/// them. Containers see to that with ``build(as:inputShape:using:)``; `build` of a custom layer simply sets first
/// values. Only ``reset(inputShape:using:)`` draws new ones.
///
/// **Many tasks.** In inference mode a layer may be called by many tasks at once, also while one task trains it:
/// parameters and buffers are locked one by one, so a call during training may see some tensors before and others after
/// a step. In training mode one task calls a layer at a time. A custom layer whose call changes other stored properties
/// than buffers must lock them itself.
///
/// ```swift
/// final class Scale: Layer {
///   let factor = Parameter()
///
///   func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
///     factor.value = Tensor(ones: inputShape)
///     return inputShape
///   }
///
///   func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
///     x * context[factor]
///   }
/// }
/// ```
public protocol Layer: AnyObject {
  /// Sets the first values of the parameters, and returns the shape of the output for inputs of the given shape.
  ///
  /// Containers call ``build(as:inputShape:using:)`` instead, which keeps the values of a layer that is built already.
  ///
  /// - Parameters:
  ///   - inputShape: the shape of one example, without the batch axis: `[C, H, W]` for an image.
  ///   - generator: the source of random first values.
  /// - Throws: ``LayerError`` when inputs of this shape cannot work.
  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape

  /// The result for a batch `[N, …]` of inputs.
  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float>

  /// The number of outputs; 1 by default.
  var outputCount: Int { get }

  /// As ``build(inputShape:using:)``, for any number of inputs and outputs. By default there is one of each.
  func build(inputShapes: [Shape], using generator: inout RandomGenerator) throws -> [Shape]

  /// As ``callAsFunction(_:_:)``, for any number of inputs and outputs. By default there is one of each.
  func outputs(of inputs: [Variable<Float>], _ context: Context) -> [Variable<Float>]

  /// Whether training changes the layer; covers the layers inside. By default the answer of its parameters.
  ///
  /// A frozen layer keeps its parameters and, in a normalization, the running statistics, which it uses in training
  /// too. Setting it sets all parameters and layers inside.
  var isTrainable: Bool { get set }

  /// A new layer with the same options, for ``copy()``, which gives it the values of this one.
  ///
  /// A new layer makes its own parameters, buffers and inner layers. Inner layers that its initializer takes are copied
  /// by `copies.layer(_:)`; `Docs/OwnLayer.md` has an example.
  ///
  /// By default a layer without parameters, buffers and inner layers returns itself.
  ///
  /// - Parameter copies: the copies of layers and parameters so far.
  /// - Throws: ``CopyError``, which is the default of other layers.
  func makeCopy(_ copies: LayerCopies) throws -> any Layer

  /// The inner layers with their names. By default those in the stored properties.
  var children: [(name: String, layer: any Layer)] { get }

  /// The penalties on parameters that are added to the loss, without those of inner layers.
  var penalties: [WeightPenalty] { get }

  /// The number of multiply-adds for one example; 0 by default, for layers that do not multiply much.
  func multiplyAdds(inputShape: Shape, outputShape: Shape) -> Int

  /// As ``multiplyAdds(inputShape:outputShape:)``, for any number of inputs and outputs.
  func multiplyAdds(inputShapes: [Shape], outputShapes: [Shape]) -> Int
}

extension Layer {
  /// The layers among the stored properties.
  public var children: [(name: String, layer: any Layer)] { StoredProperties(of: self).layers }

  /// Empty: no parameter has a penalty.
  public var penalties: [WeightPenalty] { [] }

  /// 0: the layer does not multiply much.
  public func multiplyAdds(inputShape: Shape, outputShape: Shape) -> Int { 0 }

  /// Those of the only input and output; none for several.
  public func multiplyAdds(inputShapes: [Shape], outputShapes: [Shape]) -> Int {
    guard inputShapes.count == 1, outputShapes.count == 1 else { return 0 }
    return multiplyAdds(inputShape: inputShapes[0], outputShape: outputShapes[0])
  }

  /// One output.
  public var outputCount: Int { 1 }

  /// Builds the layer for its only input.
  public func build(inputShapes: [Shape], using generator: inout RandomGenerator) throws -> [Shape] {
    guard inputShapes.count == 1 else {
      throw LayerError(inputShapes: inputShapes, reason: "it takes 1 input, not \(inputShapes.count)")
    }
    return [try build(inputShape: inputShapes[0], using: &generator)]
  }

  /// The result for the only input.
  public func outputs(of inputs: [Variable<Float>], _ context: Context) -> [Variable<Float>] {
    require(inputs.count == 1, "\(type(of: self)): 1 input is needed, found \(inputs.count)")
    return [self(inputs[0], context)]
  }

  /// The result for a batch `[N, …]` of inputs, in inference mode and without a tape.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    self(Variable(x), Context(.inference)).value
  }
}
