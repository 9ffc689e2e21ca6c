import Autograd
import Tensor

/// The gradients of all ranks, added up bucket by bucket while the walk back goes on.
///
/// Each of them (a bucket) is flat memory with the gradients of some parameters, the last layers first, since theirs
/// are ready first. A bucket is sent when all its gradients are there, always in the order of the buckets: so all ranks
/// send the same. Behind the gradients of a bucket stands for each parameter how many ranks have a gradient for it.
final class GradientBuckets {
  private let buckets: [Bucket]
  /// The bucket of each parameter, and its place there.
  private var places: [ObjectIdentifier: (bucket: Int, item: Int)] = [:]
  /// The number of buckets that were sent.
  private var sent = 0
  private var pending: [Pending] = []
  private let timeline: StepTimeline?
  /// The error of a sum that could not begin, to be thrown when the walk is over.
  private var failure: (any Error)?

  /// - Parameters:
  ///   - parameters: all that the ranks train, in the order of the model.
  ///   - size: the largest number of bytes in a bucket, as `Float`; a parameter that is larger has one of its own.
  ///   - timeline: gets the times of the buckets.
  init(
    _ parameters: [Parameter], size: Int, precision: Distribution.GradientPrecision = .float32,
    group: any TrainingGroup, timeline: StepTimeline? = nil
  ) {
    self.timeline = timeline
    func makeBucket(_ parameters: [Parameter]) -> Bucket { Bucket(parameters, precision, group) }
    var (buckets, items, count): ([Bucket], [Parameter], Int) = ([], [], 0)
    var seen: Set<ObjectIdentifier> = []
    for parameter in parameters.reversed() where seen.insert(ObjectIdentifier(parameter)).inserted {
      let next = parameter.value.count
      if !items.isEmpty, (count + next) * MemoryLayout<Float>.size > size {
        buckets.append(makeBucket(items))
        (items, count) = ([], 0)
      }
      items.append(parameter)
      count += next
    }
    if !items.isEmpty { buckets.append(makeBucket(items)) }
    self.buckets = buckets
    for (index, bucket) in buckets.enumerated() {
      for (item, parameter) in bucket.parameters.enumerated() { places[ObjectIdentifier(parameter)] = (index, item) }
    }
  }

  /// Begins a step.
  func begin() {
    for bucket in buckets { bucket.begin() }
    (sent, pending, failure) = (0, [], nil)
  }

  /// Takes the gradient of a parameter, and sends what is complete.
  func take(_ parameter: Parameter, _ gradient: Tensor<Float>) {
    guard let (index, item) = places[ObjectIdentifier(parameter)] else { return }
    buckets[index].take(item, gradient)
    send { $0.isComplete }
  }

  /// Sends the rest, and waits for the sums.
  ///
  /// - Returns: the gradients of those parameters for which some rank has one.
  func finish() throws -> Gradients<Float> {
    send { _ in true }
    if let failure { throw failure }
    for index in pending.indices where !pending[index].isDone {
      try buckets[index].sum.wait()
      end(index)
    }
    pending = []
    var result = Gradients<Float>()
    for bucket in buckets { bucket.addGradients(to: &result) }
    return result
  }

  private func send(while isReady: (Bucket) -> Bool) {
    guard failure == nil else { return }
    do {
      for index in pending.indices where !pending[index].isDone {
        if try buckets[index].sum.advance() { end(index) }
      }
      while sent < buckets.count, isReady(buckets[sent]) {
        pending.append(Pending(begin: .now))
        try buckets[sent].send()
        sent += 1
      }
    } catch {
      failure = error
    }
  }
}

extension GradientBuckets {
  /// What rounding took from the gradients, by bucket, for ``Distribution/GradientPrecision/bfloat16``.
  var feedback: [Tensor<Float>] {
    get { buckets.map { Tensor(Array($0.sum.feedback)) } }
    set {
      for (bucket, tensor) in zip(buckets, newValue) { _ = bucket.sum.feedback.update(fromContentsOf: tensor.scalars) }
    }
  }

  /// A bucket that is on its way.
  private struct Pending {
    let begin: ContinuousClock.Instant
    var isDone = false
  }

  private func end(_ index: Int) {
    pending[index].isDone = true
    timeline?.add("bucket \(index)", since: pending[index].begin, in: .bucket(index))
  }
}

/// Flat memory for the gradients of some parameters.
private final class Bucket {
  let parameters: [Parameter]
  private let ranges: [Range<Int>]
  let sum: PieceSum
  private var isThere: [Bool]
  private var missing: Int

  init(_ parameters: [Parameter], _ precision: Distribution.GradientPrecision, _ group: any TrainingGroup) {
    self.parameters = parameters
    var end = 0
    ranges = parameters.map { parameter in
      defer { end += parameter.value.count }
      return end..<end + parameter.value.count
    }
    sum = PieceSum(count: end + parameters.count, exact: parameters.count, precision: precision, group: group)
    isThere = Array(repeating: false, count: parameters.count)
    missing = parameters.count
  }

  private var values: UnsafeMutableBufferPointer<Float> { sum.values }
  var isComplete: Bool { missing == 0 }

  func begin() {
    isThere = Array(repeating: false, count: parameters.count)
    missing = parameters.count
  }

  func take(_ item: Int, _ gradient: Tensor<Float>) {
    require(gradient.count == ranges[item].count, "a gradient has another shape than its parameter")
    guard !isThere[item], let target = values.baseAddress.map({ $0 + ranges[item].lowerBound }) else { return }
    gradient.withUnsafeScalars { source in
      guard let source = source.baseAddress else { return }
      parallelFor(count: ranges[item].count, grain: 1 << 16) { range in
        (target + range.lowerBound).update(from: source + range.lowerBound, count: range.count)
      }
    }
    isThere[item] = true
    missing -= 1
  }

  /// Begins the sum of all values, with zeros for gradients that are not there.
  func send() throws {
    let flags = ranges.last?.upperBound ?? 0
    for item in parameters.indices {
      values[flags + item] = isThere[item] ? 1 : 0
      if !isThere[item] { values[ranges[item]].update(repeating: 0) }
    }
    try sum.begin()
  }

  func addGradients(to result: inout Gradients<Float>) {
    let flags = ranges.last?.upperBound ?? 0
    for (item, parameter) in parameters.enumerated() where values[flags + item] > 0 {
      result[parameter] = Tensor(unsafeUninitialized: parameter.value.shape) { target in
        guard let target = target.baseAddress, let source = values.baseAddress.map({ $0 + ranges[item].lowerBound })
        else { return }
        parallelFor(count: ranges[item].count, grain: 1 << 16) { range in
          (target + range.lowerBound).initialize(from: source + range.lowerBound, count: range.count)
        }
      }
    }
  }
}
