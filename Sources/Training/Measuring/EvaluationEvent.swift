/// What happens while a model is measured: a batch begins or has ended.
struct EvaluationEvent {
  enum Kind { case batchBegan, batchEnded }

  private(set) var kind = Kind.batchBegan
  /// The number of the batch, from 0.
  private(set) var batch = 0
  /// The number of examples that are measured so far.
  private(set) var examples = 0

  /// Ends the batch.
  mutating func end(count: Int) {
    kind = .batchEnded
    examples += count
  }

  /// Begins the next batch.
  mutating func begin() {
    kind = .batchBegan
    batch += 1
  }
}
