extension PlanDraft {
  /// Computes a dropout and the normalization of the batch behind it in the same passes over memory.
  mutating func joinDropout() {
    let consumers = onlyConsumers()
    for index in steps.indices {
      guard let dropout = steps[index].calledLayer as? Dropout,
        let next = consumers[steps[index].outputs[0]], steps[next].training == steps[index].training,
        let normalization = steps[next].calledLayer as? BatchNorm, !usesRunningStatistics(normalization, steps[next])
      else { continue }
      join(
        [index, next],
        into: DroppedNormalization(dropout: dropout, normalization: normalization, training: steps[index].training))
    }
  }
}
