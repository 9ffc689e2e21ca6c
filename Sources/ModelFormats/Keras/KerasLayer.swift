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

  /// The layer that Keras needs in front of this one to do the same; none for most.
  var kerasLayerBefore: (any KerasLayer)? { get }

  /// The options that Keras needs beside the layer's name.
  ///
  /// - Throws: the problem when an option has no counterpart in Keras.
  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON]

  /// As ``kerasOptions()``, which it is by default, for a layer whose options in Keras depend on its inputs.
  ///
  /// - Parameter inputShapes: the shape of one example of each input.
  func kerasOptions(inputShapes: [Shape]) throws(ModelFileError.Problem) -> [String: JSON]

  /// The shapes that Keras's variables have for inputs `[C, H, W]` or `[features]`, known before memory is taken.
  func kerasVariableShapes(inputShape: Shape) -> [Shape]

  /// The variables in Keras's order, once the layer is built.
  ///
  /// - Parameter image: the image whose pixels the layer's features are, when a `Flatten` stands before it.
  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable]

  /// Whether the result depends on the order of the features, so that the layer cannot stand behind a flattened image, whose
  /// features Keras has in another order.
  var dependsOnElementOrder: Bool { get }

  /// The image whose pixels the features behind this layer are.
  ///
  /// - Parameters:
  ///   - image: the one whose pixels the features before this layer are.
  ///   - inputShape: `[C, H, W]` or `[features]`.
  func flattenedImage(after image: FlattenedImage?, inputShape: Shape) -> FlattenedImage?
}

extension KerasLayer {
  var kerasLayerBefore: (any KerasLayer)? { nil }
  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON] { [:] }
  func kerasOptions(inputShapes: [Shape]) throws(ModelFileError.Problem) -> [String: JSON] { try kerasOptions() }
  var dependsOnElementOrder: Bool { false }
  func kerasVariableShapes(inputShape: Shape) -> [Shape] { [] }
  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] { [] }
  func flattenedImage(after image: FlattenedImage?, inputShape: Shape) -> FlattenedImage? { image }
}
