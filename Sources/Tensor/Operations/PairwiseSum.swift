/// The sum of `count` numbers, pairwise above blocks of 1,024, so that its error grows with log n and not with n.
@inline(__always)
func rowSum<Scalar: NumericScalar>(_ pointer: UnsafePointer<Scalar>, _ count: Int) -> Scalar {
  var partial = (Scalar.zero, Scalar.zero, Scalar.zero, Scalar.zero)
  var blocks = PairwiseSum<Scalar>()
  var index = 0
  while index < count {
    let end = Swift.min(index + 1_024, count)
    partial = (.zero, .zero, .zero, .zero)
    while index + 4 <= end {
      partial.0 += pointer[index]
      partial.1 += pointer[index + 1]
      partial.2 += pointer[index + 2]
      partial.3 += pointer[index + 3]
      index += 4
    }
    while index < end {
      partial.0 += pointer[index]
      index += 1
    }
    blocks.add((partial.0 + partial.2) + (partial.1 + partial.3))
  }
  return blocks.total
}

/// Adds numbers one after the other in pairs, pairs of pairs and so on (Higham 1993).
struct PairwiseSum<Scalar: NumericScalar> {
  private var levels: [Scalar] = []
  private var added = 0

  init() {}

  mutating func add(_ value: Scalar) {
    var value = value
    var rest = added
    while rest & 1 == 1, let last = levels.popLast() {
      value += last
      rest >>= 1
    }
    levels.append(value)
    added += 1
  }

  var total: Scalar { levels.reversed().reduce(.zero, +) }
}
