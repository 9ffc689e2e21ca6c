import Tensor

extension Model {
  /// The number of multiply-adds that one example costs in inference, once the model is built: those of convolutions, fully
  /// connected and recurrent layers, attention and `Dot`. Normalizations, activations, pooling and sums of values do not
  /// count, as in the tables of papers.
  public var multiplyAdds: Int { multiplyAdds(inputShapes: inputShapes, outputShapes: outputShapes) }

  /// The sum over the calls, each by the shapes that the model was built for.
  public func multiplyAdds(inputShapes: [Shape], outputShapes: [Shape]) -> Int {
    let shapes = shapes(for: inputShapes)
    guard !shapes.isEmpty else { return 0 }
    return graph.calls.reduce(0) { sum, call in
      sum
        + children[call.layer].layer.multiplyAdds(
          inputShapes: call.inputs.map { shapes[$0] }, outputShapes: Array(shapes[call.outputs]))
    }
  }

  /// The sum over the calls, each by the shapes that the model was built for.
  public func multiplyAdds(inputShape: Shape, outputShape: Shape) -> Int {
    multiplyAdds(inputShapes: [inputShape], outputShapes: [outputShape])
  }
}
