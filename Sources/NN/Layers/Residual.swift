/// A residual block: y = body(x) + shortcut(x) (He et al. 2016).
///
/// ```swift
/// Residual {
///   Conv2D(64, kernelSize: 3, padding: .same, activation: .relu)
///   Conv2D(64, kernelSize: 3, padding: .same)
/// }
/// ```
public final class Residual: Model, @unchecked Sendable {
  /// Makes a residual block.
  ///
  /// - Parameters:
  ///   - body: the layers of the body.
  ///   - shortcut: layers of the shortcut, for a body that changes the shape; usually a 1×1 convolution. Without layers it
  ///     is the input itself.
  public convenience init(
    @LayerBuilder _ body: () -> [NamedLayer], @LayerBuilder shortcut: () -> [NamedLayer] = { [] }
  ) {
    self.init(parts: [("body", Sequential(body)), ("shortcut", Sequential(shortcut)), ("sum", Add())])
  }

  private init(parts: [(name: String, layer: any Layer)]) {
    var graph = Graph(inputCount: 1)
    let result = graph.append(0, inputs: [0]).lowerBound
    let short = graph.append(1, inputs: [0]).lowerBound
    graph.outputs = Array(graph.append(2, inputs: [result, short]))
    super.init(parts, graph, inputNames: ["input"])
  }

  override func withLayers(_ layers: [(name: String, layer: any Layer)]) -> Model { Residual(parts: layers) }
}
