/// Why a layer cannot be copied.
public struct CopyError: Error, CustomStringConvertible {
  /// The place of the layer in what is copied, `residual.body.scale`; empty for the whole.
  public let layer: String
  /// The type of the layer.
  public let type: String
  /// What was found and what is needed.
  public let reason: String

  /// The layer and the reason in one line.
  public var description: String {
    "the layer \(layer.isEmpty ? "" : "\(layer) ")of type \(type) cannot be copied: \(reason)"
  }
}
