import Autograd
import Tensor

/// The gradients of all ranks, added up piece by piece while the walk back goes on.
///
/// Each piece (bucket) is flat memory with the gradients of some parameters, the last layers first, since theirs are ready first.
/// A bucket is sent when all its gradients are there, always in the order of the buckets: so all ranks send the same. Behind the
/// gradients of a bucket stands for each parameter how many ranks have a gradient for it.
final class GradientBuckets {
  private let buckets: [Bucket]
  /// The bucket of each parameter, and its place there.
  private var places: [ObjectIdentifier: (bucket: Int, item: Int)] = [:]
  private let group: any TrainingGroup
  /// The number of buckets that were sent.
  private var sent = 0
  private var pending: [Pending] = []
  private let timeline: StepTimeline?
  /// The error of a sum that could not begin, to be thrown when the walk is over.
  private var failure: (any Error)?

  /// - Parameters:
  ///   - parameters: all that the ranks train, in the order of the model.
  ///   - size: the largest number of bytes in a bucket; a parameter that is larger has one of its own.
  ///   - timeline: gets the times of the buckets.
  init(_ parameters: [Parameter], size: Int, group: any TrainingGroup, timeline: StepTimeline? = nil) {
    (self.group, self.timeline) = (group, timeline)
    var (buckets, items, count): ([Bucket], [Parameter], Int) = ([], [], 0)
    var seen: Set<ObjectIdentifier> = []
    for parameter in parameters.reversed() where seen.insert(ObjectIdentifier(parameter)).inserted {
      let next = parameter.value.count
      if !items.isEmpty, (count + next) * MemoryLayout<Float>.size > size {
        buckets.append(Bucket(items))
        (items, count) = ([], 0)
      }
      items.append(parameter)
      count += next
    }
    if !items.isEmpty { buckets.append(Bucket(items)) }
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
      try pending[index].sum.wait()
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
      // Libraries such as MPI move data only while they are called.
      for index in pending.indices where !pending[index].isDone {
        if try pending[index].sum.advance() { end(index) }
      }
      while sent < buckets.count, isReady(buckets[sent]) {
        pending.append(Pending(sum: try group.beginSum(buckets[sent].complete()), begin: .now))
        sent += 1
      }
    } catch {
      failure = error
    }
  }
}

extension GradientBuckets {
  /// A bucket that is on its way.
  private struct Pending {
    let sum: any PendingSum
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
  private let values: UnsafeMutableBufferPointer<Float>
  private var isThere: [Bool]
  private var missing: Int

  init(_ parameters: [Parameter]) {
    self.parameters = parameters
    var end = 0
    ranges = parameters.map { parameter in
      defer { end += parameter.value.count }
      return end..<end + parameter.value.count
    }
    values = .allocate(capacity: end + parameters.count)
    values.initialize(repeating: 0)
    isThere = Array(repeating: false, count: parameters.count)
    missing = parameters.count
  }

  deinit {
    values.deallocate()
  }

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

  /// All values, with zeros for gradients that are not there.
  func complete() -> UnsafeMutableBufferPointer<Float> {
    let flags = ranges.last?.upperBound ?? 0
    for item in parameters.indices {
      values[flags + item] = isThere[item] ? 1 : 0
      if !isThere[item] { values[ranges[item]].update(repeating: 0) }
    }
    return values
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
