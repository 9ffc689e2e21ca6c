import Autograd
import NN
import Serialization
import Tensor

/// A layer of Keras that changes nothing in inference: noise, augmentation, or a name for a place.
///
/// It stands in the model so that it is written again as it was read. It does nothing in training either, so that a model
/// that holds one is not read for training; see ``KerasFile``.
final class TrainingOnlyLayer: Layer, KerasLayer {
  let kerasClass: String
  private let options: [String: JSON]
  private var inputShape: Shape = []

  init(_ kerasClass: String, _ options: [String: JSON] = [:]) {
    self.kerasClass = kerasClass
    self.options = options
  }

  /// The classes that act in training alone.
  static let classes: Set<String> = [
    "AugMix", "CutMix", "MixUp", "RandAugment", "RandomColorDegeneration",
    "RandomColorJitter", "RandomElasticTransform", "RandomErasing", "RandomGaussianBlur", "RandomGrayscale",
    "RandomHue", "RandomInvert", "RandomPerspective", "RandomPosterization", "RandomSaturation", "RandomSharpness",
  ]

  /// The class that does nothing at all.
  static let identity = "Identity"
  /// The class that does nothing where the shape is the same as before.
  static let reshape = "Reshape"

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    self.inputShape = inputShape
    return inputShape
  }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> { x }

  func kerasOptions() -> [String: JSON] {
    guard kerasClass == Self.reshape else { return options }
    return ["target_shape": .array(KerasInput(shape: inputShape).kerasShape.map { JSON($0) })]
  }
}

extension TrainingOnlyLayer: MaskedLayer {
  /// The mask of the input, which Keras hands on here too.
  func outputMasks(masks: [Shape?], inputShapes: [Shape]) -> [OutputMask] {
    masks.first.flatMap(\.self) == nil ? [] : [.input(0)]
  }
}

extension TrainingOnlyLayer: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String { input }
}
