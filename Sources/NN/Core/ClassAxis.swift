import Tensor

/// The axis along which the classes or channels of a batch lie, Keras's last axis: C of images `[N, C, H, W]` and
/// `[N, C, D, H, W]`, the last one of sequences `[N, T, C]`, of `[N, C]` and of `[C]`.
///
/// Losses, metrics and ``Activation`` use it. It differs from ``featureAxis(ofExample:)``, which normalizations use, for
/// batches of five axes: no layer makes images of three dimensions, but losses take them, while layers make images in
/// sequence.
package func channelAxis(of shape: Shape) -> Int { shape.rank > 3 ? 1 : shape.rank - 1 }

extension Shape {
  /// Sequences `[N, T, C]` as `[N, C, T]`, so that classes lie along axis 1 in every shape of more than one axis.
  var withClassesSecond: Shape { rank == 3 ? [self[0], self[2], self[1]] : self }
}

extension Tensor<Float> {
  /// Outputs or targets in the order of ``Shape/withClassesSecond``; class indices stay as they are.
  ///
  /// - Parameter outputs: the shape of the outputs that they belong to.
  func withClassesSecond(outputs: Shape) -> Tensor<Float> {
    outputs.rank == 3 && shape.rank == 3 ? permuted([0, 2, 1]) : self
  }
}
