import Tensor

/// The axis along which the classes of a batch lie: the channels of `[N, C, …]`, the last axis of `[N, C]` and `[C]`.
package func classAxis(of shape: Shape) -> Int { shape.rank > 2 ? 1 : -1 }

/// The axis of the channels of a batch, Keras's last axis: C of images `[N, C, H, W]`, the last of sequences `[N, T, F]` and
/// features `[N, F]`.
package func channelAxis(of shape: Shape) -> Int { shape.rank == 4 ? 1 : shape.rank - 1 }
