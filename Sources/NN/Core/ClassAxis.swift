import Tensor

/// The axis along which the classes of a batch lie: the channels of `[N, C, …]`, the last axis of `[N, C]` and `[C]`.
package func classAxis(of shape: Shape) -> Int { shape.rank > 2 ? 1 : -1 }
