import Autograd
import NN
import Serialization
import Tensor

/// A layer that Keras has too.
///
/// Each conforming layer says in one place how it is written: class, options, and variables with their order and
/// layout. ``KerasClasses`` lists what is read.
protocol KerasLayer: Layer {
  /// The name of Keras's class.
  var kerasClass: String { get }

  /// The options that Keras needs beside the layer's name.
  ///
  /// - Throws: the problem when an option has no counterpart in Keras.
  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON]

  /// The shapes that Keras's variables have for inputs `[C, H, W]` or `[features]`, known before memory is taken.
  func kerasVariableShapes(inputShape: Shape) -> [Shape]

  /// The variables in Keras's order, once the layer is built.
  ///
  /// - Parameter image: the image whose pixels the layer's features are, when a `Flatten` stands before it.
  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable]

  /// The image whose pixels the features behind this layer are.
  ///
  /// - Parameters:
  ///   - image: the one whose pixels the features before this layer are.
  ///   - inputShape: `[C, H, W]` or `[features]`.
  func flattenedImage(after image: FlattenedImage?, inputShape: Shape) -> FlattenedImage?
}

extension KerasLayer {
  func kerasVariableShapes(inputShape: Shape) -> [Shape] { [] }
  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] { [] }
  func flattenedImage(after image: FlattenedImage?, inputShape: Shape) -> FlattenedImage? { image }
}

/// A parameter or buffer of a layer, seen in Keras's layout.
struct KerasVariable {
  /// The value in Keras's layout.
  let value: () -> Tensor<Float>
  /// Sets the value from Keras's layout.
  let assign: (Tensor<Float>) -> Void

  /// A parameter whose axes Keras orders differently: axis `i` there is axis `axes[i]` here.
  init(_ parameter: Parameter, axes: [Int]) {
    let inverse = axes.indices.sorted { axes[$0] < axes[$1] }
    value = { parameter.value.permuted(axes) }
    assign = { parameter.value = $0.permuted(inverse).contiguous() }
  }

  /// A parameter whose rows Keras orders differently behind a flattened image.
  init(_ parameter: Parameter, flattenedFrom image: FlattenedImage? = nil) {
    value = { image?.toKeras(parameter.value) ?? parameter.value }
    assign = { parameter.value = image?.fromKeras($0) ?? $0 }
  }

  /// A buffer whose rows Keras orders differently behind a flattened image.
  init(_ buffer: Buffer, flattenedFrom image: FlattenedImage?) {
    value = { image?.toKeras(buffer.value) ?? buffer.value }
    assign = { buffer.value = image?.fromKeras($0) ?? $0 }
  }
}
