import Tensor

/// The most similar others of examples, by the cosine of their features.
struct Neighbours {
  /// Two examples that are similar.
  struct Pair: Hashable {
    let first, second: Int
    let similarity: Float
  }

  /// The number of neighbours that count as the surroundings of an example.
  static let surroundings = 10

  /// For each example that was asked for, its similarity to its tenth neighbour, or to the farthest one if there are fewer; `nil`
  /// for all others, and for one that is alone.
  private(set) var tenth: [Float?]
  /// The most similar other of each example that was asked for.
  private(set) var nearest: [Int?]
  /// The pairs with at least a certain similarity, each once, `first` before `second`.
  private(set) var pairs: [Pair] = []

  /// Compares examples.
  ///
  /// Cost: one product of the features with their transpose, in blocks of 256 rows.
  ///
  /// - Parameters:
  ///   - features: `[N, D]`.
  ///   - asked: the examples whose neighbours are needed; they are compared with all.
  ///   - limit: the lowest similarity of ``pairs``.
  ///   - isCentred: whether the mean of all features is subtracted first, which makes small differences count.
  init(of features: Tensor<Float>, asked: Range<Int>? = nil, pairsFrom limit: Float = 2, isCentred: Bool) {
    let count = features.shape[0]
    let asked = asked ?? 0..<count
    let centred = isCentred ? features - features.mean([0], keepingAxes: true) : features
    let rows = Rejection.ofLengthOne(centred)
    let columns = rows.transposed()
    tenth = Array(repeating: nil, count: count)
    nearest = Array(repeating: nil, count: count)
    for start in stride(from: asked.lowerBound, to: asked.upperBound, by: 256) {
      let block = start..<min(start + 256, asked.upperBound)
      let similarities = rows.slice(block, axis: 0).matmul(columns).contiguous()
      var found = [(best: [(Int, Float)], pairs: [Pair])](repeating: ([], []), count: block.count)
      similarities.withUnsafeScalars { table in
        found.withUnsafeMutableBufferPointer { found in
          parallelFor(chunks: block.count) { row in
            let example = block.lowerBound + row
            let line = UnsafeBufferPointer(rebasing: table[row * count..<(row + 1) * count])
            found[row] = Self.search(line, example, asked, limit)
          }
        }
      }
      for (row, result) in found.enumerated() {
        nearest[block.lowerBound + row] = result.best.first?.0
        tenth[block.lowerBound + row] = result.best.last?.1
        pairs += result.pairs
      }
    }
  }

  /// The ten best of a row, the most similar first, and its pairs.
  private static func search(
    _ line: UnsafeBufferPointer<Float>, _ example: Int, _ asked: Range<Int>, _ limit: Float
  ) -> (best: [(Int, Float)], pairs: [Pair]) {
    var best: [(Int, Float)] = []
    var pairs: [Pair] = []
    for (other, similarity) in line.enumerated() where other != example {
      // A pair of two examples that are asked for is found twice.
      if similarity >= limit, !(asked.contains(other) && other < example) {
        pairs.append(Pair(first: min(example, other), second: max(example, other), similarity: similarity))
      }
      if best.count == surroundings, let last = best.last, similarity <= last.1 { continue }
      let place = best.firstIndex { $0.1 < similarity } ?? best.count
      best.insert((other, similarity), at: place)
      if best.count > surroundings { best.removeLast() }
    }
    return (best, pairs)
  }
}
