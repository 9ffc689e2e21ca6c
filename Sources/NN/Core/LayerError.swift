import Tensor

/// Why a layer cannot be built for the inputs that it would get.
public struct LayerError: Error, CustomStringConvertible {
  /// The place of the layer in the model, `residual.body.conv2d_1`; empty for a layer that was built by itself.
  public private(set) var layer = ""
  /// The shape of each input for one example.
  public let inputShapes: [Shape]
  /// What was found and what was expected.
  public let reason: String

  /// Makes the error; ``Layer/build(as:inputShape:using:)`` adds the name of the layer.
  public init(inputShape: Shape, reason: String) {
    self.init(inputShapes: [inputShape], reason: reason)
  }

  /// Makes the error of a layer with several inputs.
  public init(inputShapes: [Shape], reason: String) {
    self.inputShapes = inputShapes
    self.reason = reason
  }

  /// The layer, its input and the reason in one line.
  public var description: String {
    let shapes = inputShapes.map(\.description).joined(separator: " and ")
    return "\(layer.isEmpty ? "layer" : "layer \(layer)") cannot take inputs of shape \(shapes): \(reason)"
  }

  /// The error as seen from the container that calls the layer `name`.
  func inside(_ name: String) -> LayerError {
    var error = self
    error.layer = layer.isEmpty ? name : "\(name).\(layer)"
    return error
  }
}
