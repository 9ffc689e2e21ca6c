import Tensor

extension Distribution {
  /// What all ranks have measured, in the order of the batches.
  ///
  /// - Parameters:
  ///   - measure: measures the batches r, r + R, … of rank r of R.
  ///   - batchCount: the number of batches of all ranks.
  /// - Throws: on all ranks, if one has failed.
  func gather(_ measure: () throws -> [StepValues], batchCount: Int) throws -> [StepValues] {
    guard size > 1 else { return try measure() }
    let measured = try states { try SavedState(measured: measure()) }.map { try $0.measured() }
    return try (0..<batchCount).map { index in
      let own = measured[index % size]
      guard own.indices.contains(index / size) else {
        throw SavedStateError(name: "batches", reason: "rank \(index % size) has measured \(own.count) of them")
      }
      return own[index / size]
    }
  }
}

extension SavedState {
  /// A message with what was measured of some batches.
  fileprivate init(measured batches: [StepValues]) throws {
    self.init()
    try set(batches.map(\.count), for: "counts")
    try set(batches.map(\.loss), for: "losses")
    try set(batches.map(\.parts), for: "parts")
    guard let first = batches.first else { return }
    try set(first.predicted.count, for: "outputs")
    try set(first.expected.count, for: "targets")
    for index in first.predicted.indices {
      tensors["predicted.\(index)"] = Tensor(concatenating: batches.map { $0.predicted[index] })
    }
    for index in first.expected.indices {
      tensors["expected.\(index)"] = Tensor(concatenating: batches.map { $0.expected[index] })
    }
    if batches.allSatisfy({ $0.weights != nil }) {
      tensors["weights"] = Tensor(concatenating: batches.compactMap(\.weights))
    }
  }

  /// What was measured, from a message.
  fileprivate func measured() throws -> [StepValues] {
    let counts: [Int] = try value(for: "counts")
    guard !counts.isEmpty else { return [] }
    let losses: [Double] = try value(for: "losses")
    let parts: [[Double]] = try value(for: "parts")
    let (outputs, targets) = (try value(Int.self, for: "outputs"), try value(Int.self, for: "targets"))
    var end = 0
    return counts.indices.map { batch in
      let rows = end..<end + counts[batch]
      end = rows.upperBound
      func tensors(_ name: String, _ count: Int) -> [Tensor<Float>] {
        (0..<count).compactMap { self.tensors["\(name).\($0)"]?.slice(rows, axis: 0) }
      }
      return StepValues(
        count: rows.count, loss: losses[batch], parts: parts[batch], predicted: tensors("predicted", outputs),
        expected: tensors("expected", targets), weights: self.tensors["weights"]?.slice(rows, axis: 0))
    }
  }
}
