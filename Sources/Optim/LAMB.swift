import CKernels
import Glibc
import Tensor

/// Adam with steps as long as the parameter: layer-wise adaptive moments, for large batches (You et al. 2020).
///
/// With learning rate α and gradient g, in step t = 1, 2, … of the parameter: m ← m + (g - m) (1 - β₁),
/// v ← v + (g² - v) (1 - β₂), u = m / (1 - β₁ᵗ) / (√(v / (1 - β₂ᵗ)) + ε), w ← w - α ‖w‖ / ‖u‖ · u. The ratio of the norms of
/// the whole parameter is 1 where one of them is 0. Formula and defaults are Keras's: weight decay is taken off w before, and is
/// no part of u as in the paper. t counts the steps of each parameter, as in ``Adam``.
public final class LAMB: Optimizer {
  /// The learning rate.
  public var learningRate: LearningRateSchedule
  /// β₁, the share of the old mean in the new one, in 0..<1.
  public let beta1: Double
  /// β₂, the share of the old mean square in the new one, in 0..<1.
  public let beta2: Double
  /// ε, which keeps the divisor away from 0.
  public let epsilon: Double
  /// λ of the decoupled weight decay: w ← w - α λ w before a step.
  public let weightDecay: Double
  /// How gradients are clipped.
  public let clipping: GradientClipping?
  /// Scales of the learning rate, decay exclusions, the average of the weights, and accumulation.
  public let options: UpdateOptions
  /// The number of steps and the slots.
  public var state = OptimizerState()

  /// Makes the optimizer. Stops when a number is outside its range. ``UpdateOptions`` explains the last four options.
  public init(
    learningRate: some LearningRate = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
    weightDecay: Double = 0, clipping: GradientClipping? = nil, scales: [String: Double] = [:],
    decayExclusions: [DecayExclusion] = [], average: WeightAverage? = nil, gradientAccumulationSteps: Int = 1
  ) {
    self.learningRate = learningRate.learningRateSchedule
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.clipping = clipping
    options = UpdateOptions(
      scales: scales, decayExclusions: decayExclusions, average: average,
      gradientAccumulationSteps: gradientAccumulationSteps)
    checkCommon()
    check((0..<1).contains(beta1), "beta1", beta1, "a number in 0..<1")
    check((0..<1).contains(beta2), "beta2", beta2, "a number in 0..<1")
    check(epsilon >= 0, "epsilon", epsilon, "at least 0")
  }

  /// "momentum", m, and "velocity", v.
  public var slotNames: [String] { ["momentum", "velocity"] }

  /// Updates m and v, and returns ‖w‖ / ‖u‖. The moments are updated here, since the ratio needs them for the whole
  /// parameter; ``updateElements(_:in:)`` only moves it.
  public func rateFactor(in step: ParameterStep) -> Float {
    let (take1, take2) = (Float(1 - beta1), Float(1 - beta2))
    let (momentum, velocity) = (step.elements(ofSlot: 0), step.elements(ofSlot: 1))
    let direction = direction(in: step)
    let chunkLength = 16_384
    var squares = [SIMD2<Double>](repeating: .zero, count: (step.count + chunkLength - 1) / chunkLength)
    squares.withUnsafeMutableBufferPointer { squares in
      parallelFor(chunks: squares.count) { chunk in
        for index in chunk * chunkLength..<min((chunk + 1) * chunkLength, step.count) {
          let gradient = step.uncheckedGradient(at: index)
          momentum[index] += (gradient - momentum[index]) * take1
          velocity[index] += (gradient * gradient - velocity[index]) * take2
          let pair = SIMD2(Double(step.uncheckedValue(at: index)), Double(direction(index)))
          squares[chunk] += pair * pair
        }
      }
    }
    let sums = squares.reduce(.zero, +)
    return sums[0] > 0 && sums[1] > 0 ? Float((sums[0] / sums[1]).squareRoot()) : 1
  }

  /// Moves some of the elements of a parameter.
  public func updateElements(_ range: Range<Int>, in step: ParameterStep) {
    let (direction, rate) = (direction(in: step), step.learningRate)
    for index in step.checked(range) { step.uncheckedMove(index, by: -(rate * direction(index))) }
  }

  /// u at an index.
  @inline(__always)
  private func direction(in step: ParameterStep) -> (_ index: Int) -> Float {
    let number = Float(step.number)
    let (correction1, correction2) = (1 - powf(Float(beta1), number), 1 - powf(Float(beta2), number))
    let (momentum, velocity, epsilon) = (step.elements(ofSlot: 0), step.elements(ofSlot: 1), Float(epsilon))
    return { momentum[$0] / correction1 / (kilim_square_root(velocity[$0] / correction2) + epsilon) }
  }
}
