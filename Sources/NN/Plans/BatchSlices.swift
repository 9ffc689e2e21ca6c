import Autograd
import Tensor

/// Steps of a plan that run for a few examples at a time, so that what they pass on stays in the caches.
struct BatchSlices {
  /// The steps, neighbours in the plan.
  let steps: Range<Int>
  /// The most examples of a slice.
  let examples: Int
  /// The values that the steps take from before them, and those that they make for what comes behind.
  let inputs, outputs: [Int]
  /// The most bytes that a step moves for one example.
  private let largest: Int

  /// Divides a batch into slices of about equal length; one slice if the whole batch fits the cache.
  func ranges(of batch: Int) -> [Range<Int>] {
    let count = batch * largest > Self.cacheBytes ? (batch + examples - 1) / examples : 1
    return (0..<count).map { batch * $0 / count..<batch * ($0 + 1) / count }
  }
}

extension BatchSlices {
  /// About the last-level cache of a processor, and the part of it that the values of a step may take.
  private static let cacheBytes = 32 << 20, cachedBytes = 12 << 20
  /// What a step of its own costs in the time of a transfer of memory: its start, and that of its threads.
  private static let bytesOfStart = 300_000
  private static let mostExamples = 8

  /// The steps of a plan for which slices save most transfers of memory; `nil` if there are none.
  ///
  /// A step of which all values of a batch of B pass through memory moves B times the bytes of its inputs and outputs. In
  /// slices of E examples they stay in the cache, but its weights are read B / E times. So the gain for each slice is E times
  /// the former less the latter, and the steps are the neighbours with the largest sum of gains.
  init?(_ steps: [PlanDraft.Step], outputs: [Int], examplesOnly: (PlanDraft.Step) -> Bool) {
    var bytes: [Int: Int] = [:]
    for step in steps {
      for (value, shape) in zip(step.inputs, step.inputShapes) { bytes[value] = 4 * shape.elementCount }
    }
    let moved = steps.map { step in (step.inputs + step.outputs).reduce(0) { $0 + (bytes[$1] ?? 0) } }
    guard let largest = moved.max(), largest > 0 else { return nil }
    let examples = min(max(Self.cachedBytes / largest, 1), Self.mostExamples)
    var (best, bestGain, start, gain) = (0..<0, 0, 0, 0)
    for (index, step) in steps.enumerated() {
      guard examplesOnly(step) else {
        (start, gain) = (index + 1, 0)
        continue
      }
      gain += examples * moved[index] - step.weightBytes - Self.bytesOfStart
      if gain <= 0 { (start, gain) = (index + 1, 0) }
      if gain > bestGain { (best, bestGain) = (start..<index + 1, gain) }
    }
    guard best.count > 1 else { return nil }
    let inside = Set(steps[best].flatMap(\.outputs))
    let later = Set(steps[best.upperBound...].flatMap(\.inputs) + outputs)
    (self.steps, self.examples, self.largest) = (best, examples, largest)
    inputs = Set(steps[best].flatMap(\.inputs)).subtracting(inside).sorted()
    self.outputs = inside.intersection(later).sorted()
  }
}

extension PlanDraft.Step {
  /// About as many bytes of weights as the step reads; those of 3×3 windows are transformed into more.
  fileprivate var weightBytes: Int {
    let count = layer.parameters.reduce(0) { $0 + $1.value.count }
    let isTransformed = (layer as? any ImageConvolution).map { $0.window.size == 3 && $0.groups == 1 } ?? false
    return 4 * count * (isTransformed ? 6 : 1)
  }
}
