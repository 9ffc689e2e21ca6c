import Tensor

/// The axis along which the classes or channels of a batch lie, Keras's last axis: C of images `[N, C, H, W]` and of volumes and
/// images in sequence `[N, D, C, H, W]`, the last one of sequences `[N, T, C]`, of `[N, C]` and of `[C]`.
///
/// Losses, metrics and ``Activation`` use it. It is ``featureAxis(ofExample:)`` of a whole batch, -1 where there is no axis.
package func channelAxis(of shape: Shape) -> Int {
  shape.rank == 0 ? -1 : featureAxis(ofExample: Shape(shape.dropFirst()))
}

extension Shape {
  /// The axes in the order in which classes are the second: `[N, C, T]` of a sequence `[N, T, C]`.
  fileprivate var orderOfClassesSecond: [Int] {
    let axis = channelAxis(of: self)
    return axis > 1 ? [0, axis] + indices.filter { $0 != 0 && $0 != axis } : Array(indices)
  }

  /// The shape with classes along axis 1, whatever else it has.
  var withClassesSecond: Shape { Shape(orderOfClassesSecond.map { self[$0] }) }

  /// The shape whose ``withClassesSecond`` this one is.
  var withClassesInPlace: Shape {
    let order = orderOfClassesSecond
    return Shape(order.indices.map { axis in order.firstIndex(of: axis).map { self[$0] } ?? 1 })
  }
}

extension Tensor<Float> {
  /// Outputs or targets in the order of ``Shape/withClassesSecond``; class indices stay as they are.
  ///
  /// - Parameter outputs: the shape of the outputs that they belong to.
  func withClassesSecond(outputs: Shape) -> Tensor<Float> {
    outputs.rank == shape.rank && channelAxis(of: shape) > 1 ? permuted(shape.orderOfClassesSecond) : self
  }
}
