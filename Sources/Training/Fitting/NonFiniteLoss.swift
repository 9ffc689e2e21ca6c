/// What `fit` does when the loss of a batch is NaN or infinite. It warns once in either case, and names the batch and the
/// place of the first value that is not finite: the inputs, the targets, a weight, the output of a layer, the loss or a gradient. To find
/// it, the layers are called one by one, once.
///
/// After a step on a loss that is NaN, the weights are nearly always NaN too, and stay so.
public enum NonFiniteLoss: Hashable, Sendable {
  /// Continue, as Keras does.
  case warn
  /// Stop after the batch, as with Keras's `TerminateOnNaN`, also if a gradient is not finite. `fit` returns the history so
  /// far, and the model keeps the weights and statistics from before the batch. Costs one pass over the gradients in each
  /// step.
  case stop
}
