import Autograd
import Tensor

/// A part of a network: turns a batch into another one, with parameters of its own or without.
///
/// A layer keeps its parameters, buffers and inner layers in stored properties, alone, as optionals or in arrays; they
/// are found there and named after the properties. Parameters that depend on the shape of the input get their value when
/// the layer is built.
///
/// **Building again.** A layer that is part of a second model is built again and keeps its values: both models share
/// them. Containers see to that with ``build(as:inputShape:using:)``; `build` of a custom layer simply sets first values.
/// Only ``reset(inputShape:using:)`` draws new ones.
///
/// **Many tasks.** In inference mode a layer may be called by many tasks at once, also while one task trains it: parameters
/// and buffers are locked one by one, so a call during training may see some tensors before and others after a step. In
/// training mode one task calls a layer at a time. A custom layer whose call changes other stored properties than
/// buffers must lock them itself.
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

  /// The inner layers with their names. By default those in the stored properties.
  var children: [(name: String, layer: any Layer)] { get }

  /// The penalties on large weights that are added to the loss, without those of inner layers.
  var penalties: [WeightPenalty] { get }

  /// The number of multiply-adds for one example; 0 by default, for layers that do not multiply much.
  func multiplyAdds(inputShape: Shape, outputShape: Shape) -> Int
}

extension Layer {
  /// The layers among the stored properties.
  public var children: [(name: String, layer: any Layer)] { StoredProperties(of: self).layers }

  /// None.
  public var penalties: [WeightPenalty] { [] }

  /// None.
  public func multiplyAdds(inputShape: Shape, outputShape: Shape) -> Int { 0 }

  /// The result for a batch `[N, …]` of inputs, in inference mode and without a tape.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    self(Variable(x), Context(.inference)).value
  }
}

/// Why a layer cannot be built for the inputs that it would get.
public struct LayerError: Error, CustomStringConvertible {
  /// The place of the layer in the model, `residual.body.conv2d_1`; empty for a layer that was built by itself.
  public private(set) var layer = ""
  /// The shape of one input.
  public let inputShape: Shape
  /// What was found and what was expected.
  public let reason: String

  /// Makes the error; ``Layer/build(as:inputShape:using:)`` adds the name of the layer.
  public init(inputShape: Shape, reason: String) {
    self.inputShape = inputShape
    self.reason = reason
  }

  /// The layer, its input and the reason in one line.
  public var description: String {
    "\(layer.isEmpty ? "layer" : "layer \(layer)") cannot take inputs of shape \(inputShape): \(reason)"
  }

  /// The error as seen from the container that calls the layer `name`.
  func inside(_ name: String) -> LayerError {
    var error = self
    error.layer = layer.isEmpty ? name : "\(name).\(layer)"
    return error
  }
}

/// A term of the loss that keeps weights small: rate · Σ w².
public struct WeightPenalty {
  /// The parameter.
  public let parameter: Parameter
  /// The factor before the sum of squares.
  public let rate: Float

  /// Makes a penalty.
  public init(_ parameter: Parameter, rate: Float) {
    self.parameter = parameter
    self.rate = rate
  }
}
