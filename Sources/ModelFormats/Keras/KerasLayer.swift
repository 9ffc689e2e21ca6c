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

  /// The Python module that the class stands in; `keras.layers` for most.
  var kerasModule: String { get }

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

  /// As ``kerasVariableShapes(inputShape:)``, for a layer with several inputs.
  func kerasVariableShapes(inputShapes: [Shape]) -> [Shape]

  /// Where the variables stand, in their order: `cell` for those of a part that Keras keeps in a folder of its own within
  /// the layer's, such as `layers/lstm/cell`. By default all belong to the layer itself.
  func kerasVariableFolders(inputShapes: [Shape]) -> [KerasVariableFolder]

  /// The arguments of the layer's call in Keras beside its inputs; none for most.
  var kerasCallArguments: [String: JSON] { get }

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

  /// As ``flattenedImage(after:inputShape:)``, for any number of inputs. By default several inputs have their features in
  /// one order, which stays.
  ///
  /// - Throws: the problem when the features of the inputs are in orders that do not fit.
  func flattenedImage(
    merging images: [FlattenedImage?], inputShapes: [Shape]
  ) throws(ModelFileError.Problem) -> FlattenedImage?
}

extension KerasLayer {
  var kerasModule: String { "keras.layers" }
  var kerasLayerBefore: (any KerasLayer)? { nil }
  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON] { [:] }
  func kerasOptions(inputShapes: [Shape]) throws(ModelFileError.Problem) -> [String: JSON] { try kerasOptions() }
  func kerasVariableShapes(inputShape: Shape) -> [Shape] { [] }
  func kerasVariableShapes(inputShapes: [Shape]) -> [Shape] {
    inputShapes.first.map { kerasVariableShapes(inputShape: $0) } ?? []
  }
  func kerasVariableFolders(inputShapes: [Shape]) -> [KerasVariableFolder] {
    [KerasVariableFolder(path: "", count: kerasVariableShapes(inputShapes: inputShapes).count)]
  }
  var kerasCallArguments: [String: JSON] { [:] }
  var dependsOnElementOrder: Bool { false }
  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] { [] }
  func flattenedImage(after image: FlattenedImage?, inputShape: Shape) -> FlattenedImage? { image }

  func flattenedImage(
    merging images: [FlattenedImage?], inputShapes: [Shape]
  ) throws(ModelFileError.Problem) -> FlattenedImage? {
    if images.count == 1 { return flattenedImage(after: images[0], inputShape: inputShapes[0]) }
    // A single feature meets each of the others, and has no order.
    let ordered = images.indices.filter { inputShapes[$0] != [1] }.map { images[$0] }
    guard let first = ordered.first else { return nil }
    guard ordered.allSatisfy({ $0 == first }) else { throw FlattenedImage.differentOrders }
    return first
  }
}

/// A folder within that of a layer, and the number of variables in it.
struct KerasVariableFolder: Equatable, Sendable {
  /// `forward_layer/cell`; empty for the layer itself.
  var path: String
  let count: Int

  /// The same folder as a part of another layer.
  func inside(_ part: String) -> KerasVariableFolder {
    KerasVariableFolder(path: path.isEmpty ? part : "\(part)/\(path)", count: count)
  }

  /// The whole path for a layer whose own variables stand in `layers/lstm/vars`.
  func folder(ofLayer folder: String) -> String {
    guard !path.isEmpty else { return folder }
    return "\(folder.split(separator: "/").dropLast().joined(separator: "/"))/\(path)/vars"
  }
}
