/// Answers inputs in batches: those that arrive while a batch is computed make up the next ones.
///
/// No input waits for others. A batch has a power of two of inputs, so that a model needs few plans.
actor BatchQueue<Input: Sendable, Output: Sendable> {
  private let largestBatch: Int
  private let compute: @Sendable ([Input]) async -> [Output]
  private var waiting: [(input: Input, continuation: CheckedContinuation<Output, Never>)] = []
  private var isComputing = false

  /// - Parameters:
  ///   - largestBatch: the most inputs in a batch, at least 1.
  ///   - compute: gives the output of each input.
  init(largestBatch: Int, compute: @escaping @Sendable ([Input]) async -> [Output]) {
    self.largestBatch = largestBatch
    self.compute = compute
  }

  /// The output for an input, once its batch is computed.
  func output(for input: Input) async -> Output {
    await withCheckedContinuation { continuation in
      waiting.append((input, continuation))
      guard !isComputing else { return }
      isComputing = true
      Task { await computeAll() }
    }
  }

  private func computeAll() async {
    while !waiting.isEmpty {
      var count = 1
      while 2 * count <= min(waiting.count, largestBatch) { count *= 2 }
      let batch = Array(waiting.prefix(count))
      waiting.removeFirst(count)
      let outputs = await compute(batch.map(\.input))
      for (request, output) in zip(batch, outputs) { request.continuation.resume(returning: output) }
    }
    isComputing = false
  }
}
