/// What `fit` does when the loss of a batch is NaN or infinite. It warns once in either case.
///
/// A loss that is NaN nearly always means that the weights are NaN too, and stay so.
public enum NonFiniteLoss: Hashable, Sendable {
  /// Continue, as Keras does.
  case warn
  /// Stop after the batch, as with Keras's `TerminateOnNaN`. `fit` returns the history so far.
  case stop
}
