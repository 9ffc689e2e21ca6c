/// Lists the layers of a container. Loops and conditions may be used in the list.
@resultBuilder
public enum LayerBuilder {
  /// One layer.
  public static func buildExpression(_ layer: any Layer) -> [any Layer] { [layer] }
  /// Layers that were made before.
  public static func buildExpression(_ layers: [any Layer]) -> [any Layer] { layers }
  /// One part after the other.
  public static func buildBlock(_ parts: [any Layer]...) -> [any Layer] { parts.flatMap(\.self) }
  /// The layers of a loop.
  public static func buildArray(_ parts: [[any Layer]]) -> [any Layer] { parts.flatMap(\.self) }
  /// The layers of an `if` without `else`.
  public static func buildOptional(_ part: [any Layer]?) -> [any Layer] { part ?? [] }
  /// The layers of the first branch.
  public static func buildEither(first part: [any Layer]) -> [any Layer] { part }
  /// The layers of the second branch.
  public static func buildEither(second part: [any Layer]) -> [any Layer] { part }
}
