import Tensor

/// Why the answer of a model cannot be explained.
public enum ExplanationError: Error, Hashable, CustomStringConvertible {
  /// The model has several inputs or outputs, or is not built.
  case values(inputs: Int, outputs: Int)
  /// The inputs are not those of one example that the model takes.
  case input(found: Shape, expected: Shape?)
  /// The model takes no images.
  case noImages(inputShape: Shape)
  /// A baseline has another shape than the example.
  case baseline(found: Shape, expected: Shape)
  /// The model has no such output.
  case output(Int, count: Int)
  /// The layer makes no feature maps.
  case noFeatureMaps(layer: String, shape: Shape)
  /// No layer makes feature maps.
  case noConvolution
  /// The score does not depend on what the layer makes.
  case noInfluence(layer: String)
  /// A number that was asked for makes no sense.
  case option(String, found: Int, expected: String)
  /// A score or gradient is NaN or infinite.
  case notFinite

  /// What was found and what was expected.
  public var description: String {
    switch self {
    case .values(let inputs, let outputs):
      "the model has \(counted(inputs, "input")) and \(counted(outputs, "output")); expected a built model with one of both"
    case .input(let found, let expected):
      "the input has the shape \(found); expected one example, [1] + \(expected.map(\.description) ?? "the shape of the model")"
    case .noImages(let shape): "the model takes inputs of shape \(shape); expected images, [C, H, W]"
    case .baseline(let found, let expected):
      "the baseline has the shape \(found); expected that of the example, \(expected)"
    case .output(let index, let count):
      "output \(index) is to be explained; the model has the outputs 0 to \(count - 1)"
    case .noFeatureMaps(let layer, let shape):
      "layer \(layer) makes \(shape) of an example; expected feature maps, [C, H, W]"
    case .noConvolution: "no layer of the model is a convolution of images; name a layer that makes feature maps"
    case .noInfluence(let layer): "the score does not depend on what layer \(layer) makes"
    case .option(let name, let found, let expected): "\(name) is \(found); expected \(expected)"
    case .notFinite: "a score or gradient is not a finite number"
    }
  }
}
