import Tensor

/// Throws ``DatasetError`` unless there is a weight for each example, and all are finite and at least 0.
package func checkSampleWeights(_ weights: [Float]?, count: Int) throws(DatasetError) {
  guard let weights else { return }
  guard weights.count == count else { throw .sampleWeightCount(found: weights.count, expected: count) }
  if let wrong = weights.firstIndex(where: { !$0.isFinite || $0 < 0 }) {
    throw .sampleWeight(example: wrong, weights[wrong])
  }
}

extension [Float]? {
  /// The weights of some examples, `[B]`; `nil` if all count the same.
  func tensor(of examples: [Int]) -> Tensor<Float>? { map { all in Tensor(examples.map { all[$0] }) } }

  /// The weights of some examples.
  func selecting(_ examples: [Int]) -> [Float]? { map { all in examples.map { all[$0] } } }
}
