import Autograd
import NN
import Tensor

/// A layer of your own that can be saved to `.keras` and read again.
///
/// Keras opens the file where Python registers a class with the same package, class name, options and variables.
///
/// ```swift
/// final class Scale: Layer, KerasCustomLayer {
///   struct Options: Codable { var first: Float }
///
///   let factor = Parameter()
///   let kerasOptions: Options
///
///   init(kerasOptions: Options) { self.kerasOptions = kerasOptions }
///
///   func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
///     factor.value = Tensor(zeros: [inputShape.elementCount]) + kerasOptions.first
///     return inputShape
///   }
///
///   func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> { x * context[factor] }
/// }
///
/// let model = try Sequential(input: [4]) { Scale(kerasOptions: .init(first: 2)); Dense(3) }
/// try model.save(to: "model.keras")
/// let same = try Sequential(contentsOf: "model.keras", customLayers: [Scale.self])
/// ```
///
/// In Python the options are arguments of the initializer and part of `get_config`, and the variables are those of
/// `add_weight`:
///
/// ```python
/// @keras.saving.register_keras_serializable(package="Custom")
/// class Scale(keras.layers.Layer):
///     def __init__(self, first, **kwargs): ...
/// ```
public protocol KerasCustomLayer: Layer {
  /// What a layer is made from.
  associatedtype KerasOptions: Codable

  /// The package under which Python registers the class; `Custom` by default, as in Keras.
  static var kerasPackage: String { get }
  /// The name of the class in Python; that of the Swift class by default.
  static var kerasClassName: String { get }

  /// What the layer is made from. The names are those of the arguments in Python.
  var kerasOptions: KerasOptions { get }

  /// Makes a layer from the options of a file, to be built and filled afterwards.
  ///
  /// - Throws: an error for options that cannot work, which the reader reports with the name of the layer.
  init(kerasOptions: KerasOptions) throws

  /// The variables in Keras's order, once the layer is built: those that are trained first. By default all parameters,
  /// then all buffers, in the order of the properties.
  var kerasWeights: [KerasWeight] { get }
}

extension KerasCustomLayer {
  /// `Custom`.
  public static var kerasPackage: String { "Custom" }
  /// The name of the Swift class.
  public static var kerasClassName: String { "\(Self.self)" }

  /// A new layer with the same options.
  ///
  /// - Throws: what ``init(kerasOptions:)`` throws.
  public func makeCopy(_ copies: LayerCopies) throws -> any Layer { try Self(kerasOptions: kerasOptions) }

  /// All parameters, then all buffers, with their axes as they are.
  public var kerasWeights: [KerasWeight] {
    namedParameters.map { KerasWeight($0.parameter) } + namedBuffers.map { KerasWeight($0.buffer) }
  }
}

/// A parameter or buffer of a layer of your own, as Keras has it.
public struct KerasWeight {
  let variable: KerasVariable

  /// Makes a variable from a parameter.
  ///
  /// - Parameters:
  ///   - parameter: the parameter.
  ///   - axes: for each axis in Keras the axis here: `[1, 2, 0]` for `[C, H, W]`, which Keras has as `[H, W, C]`; `nil` for
  ///     the same order.
  public init(_ parameter: Parameter, axes: [Int]? = nil) {
    variable = axes.map { KerasVariable(parameter, axes: $0) } ?? KerasVariable(parameter)
  }

  /// Makes a variable from a buffer, with its axes as they are.
  public init(_ buffer: Buffer) {
    variable = KerasVariable(buffer, flattenedFrom: nil)
  }
}
