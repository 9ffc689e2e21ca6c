/// A layer and the name that it is given in a model.
public struct NamedLayer {
  /// The name; `nil` for one by the type of the layer.
  public let name: String?
  /// The layer.
  public let layer: any Layer

  /// Names a layer.
  public init(_ layer: any Layer, name: String? = nil) {
    self.name = name
    self.layer = layer
  }
}

extension Layer {
  /// The layer under a name of its own, for the list of a ``Sequential``: `Dense(10).named("classes")`.
  public func named(_ name: String) -> NamedLayer { NamedLayer(self, name: name) }
}

/// Lists the layers of a container. Loops and conditions may be used in the list.
@resultBuilder
public enum LayerBuilder {
  /// One layer.
  public static func buildExpression(_ layer: any Layer) -> [NamedLayer] { [NamedLayer(layer)] }
  /// One layer under a name.
  public static func buildExpression(_ layer: NamedLayer) -> [NamedLayer] { [layer] }
  /// Layers that were made before.
  public static func buildExpression(_ layers: [any Layer]) -> [NamedLayer] { layers.map { NamedLayer($0) } }
  /// One part after the other.
  public static func buildBlock(_ parts: [NamedLayer]...) -> [NamedLayer] { parts.flatMap(\.self) }
  /// The layers of a loop.
  public static func buildArray(_ parts: [[NamedLayer]]) -> [NamedLayer] { parts.flatMap(\.self) }
  /// The layers of an `if` without `else`.
  public static func buildOptional(_ part: [NamedLayer]?) -> [NamedLayer] { part ?? [] }
  /// The layers of the first branch.
  public static func buildEither(first part: [NamedLayer]) -> [NamedLayer] { part }
  /// The layers of the second branch.
  public static func buildEither(second part: [NamedLayer]) -> [NamedLayer] { part }
}
