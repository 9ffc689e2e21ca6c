import Optim

/// Sets the learning rate before each epoch by a closure; Keras's `LearningRateScheduler`.
///
/// ```swift
/// let scheduler = LearningRateScheduler { epoch, rate in epoch < 10 ? rate : rate * 0.9 }
/// ```
///
/// The rate belongs to the state of the optimizer, so a training that continues from a checkpoint has it. To change the
/// rate with each step, give the optimizer a ``LearningRateSchedule``.
public final class LearningRateScheduler: Callback {
  private let rate: (_ epoch: Int, _ rate: Double) throws -> Double
  private var optimizer: (any Optimizer)?

  /// Makes the callback.
  ///
  /// - Parameter rate: the rate of an epoch, from its number, from 0, and the rate so far.
  public init(_ rate: @escaping (_ epoch: Int, _ rate: Double) throws -> Double) {
    self.rate = rate
  }

  /// Finds the optimizer.
  public func trainingBegan(_ start: TrainingStart) {
    optimizer = start.optimizer
  }

  /// Sets the rate of the epoch.
  ///
  /// - Throws: ``FitError`` if it is no finite number of 0 or more, and what the closure throws.
  public func epochBegan(_ epoch: Int) throws {
    guard let optimizer else { return }
    let new = try rate(epoch, optimizer.currentLearningRate)
    guard new >= 0, new.isFinite else {
      throw FitError.option(
        "LearningRateScheduler", reason: "the rate of epoch \(epoch) is \(new), a finite number of 0 or more is needed")
    }
    optimizer.learningRate = .constant(new)
  }
}
