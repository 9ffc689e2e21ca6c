/// Adam with decoupled weight decay on by default (Loshchilov and Hutter 2019).
///
/// Before each step w ← w - α λ w, with learning rate α and weight decay λ. Defaults are Keras's.
public final class AdamW: Adam {
  /// Makes the optimizer. Stops when a number is outside its range.
  public override init(
    learningRate: LearningRateSchedule = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
    weightDecay: Double = 0.004, clipping: GradientClipping? = nil
  ) {
    super.init(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay,
      clipping: clipping)
  }

  /// Makes the optimizer with a constant learning rate. Stops when a number is outside its range.
  @_disfavoredOverload
  public convenience init(
    learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
    weightDecay: Double = 0.004, clipping: GradientClipping? = nil
  ) {
    self.init(
      learningRate: .constant(learningRate), beta1: beta1, beta2: beta2, epsilon: epsilon,
      weightDecay: weightDecay, clipping: clipping)
  }
}
