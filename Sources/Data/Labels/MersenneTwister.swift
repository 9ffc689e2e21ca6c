/// MT19937, the generator of NumPy's `RandomState`, with the draws that scikit-learn uses.
///
/// It is used only for splits that equal scikit-learn's. Everything else in Kilim uses `RandomGenerator`.
/// Source: Matsumoto and Nishimura, "Mersenne Twister", 1998, with the seeding of 2002 (`init_genrand`).
struct MersenneTwister {
  private static let size = 624
  private static let shift = 397

  private var state: [UInt32]
  private var position = size

  /// The state of `numpy.random.RandomState(seed)`.
  init(seed: UInt32) {
    state = [seed]
    for index in 1..<UInt32(Self.size) {
      let previous = state[Int(index) - 1]
      state.append(1_812_433_253 &* (previous ^ previous >> 30) &+ index)
    }
  }

  /// The next 32 random bits.
  mutating func next() -> UInt32 {
    if position == Self.size { twist() }
    var word = state[position]
    position += 1
    word ^= word >> 11
    word ^= word << 7 & 0x9d2c_5680
    word ^= word << 15 & 0xefc6_0000
    return word ^ word >> 18
  }

  private mutating func twist() {
    for index in 0..<Self.size {
      let joined = state[index] & 0x8000_0000 | state[(index + 1) % Self.size] & 0x7fff_ffff
      let mixed = joined >> 1 ^ (joined & 1 == 0 ? 0 : 0x9908_b0df)
      state[index] = state[(index + Self.shift) % Self.size] ^ mixed
    }
    position = 0
  }

  /// A number from 0 through `bound`. Draws words with as many bits as `bound` until one is not above `bound`.
  private mutating func next(through bound: UInt32) -> UInt32 {
    let mask = UInt32.max >> UInt32(bound.leadingZeroBitCount)
    while true {
      let word = next() & mask
      if word <= bound { return word }
    }
  }

  /// The items in random order. Swaps from the end, as NumPy's `permutation`.
  mutating func permutation<Items: Sequence>(of items: Items) -> [Items.Element] {
    var result = Array(items)
    for last in stride(from: result.count - 1, to: 0, by: -1) {
      result.swapAt(last, Int(next(through: UInt32(last))))
    }
    return result
  }

  /// `count` different items, as NumPy's `choice` without replacement.
  mutating func choice<Item>(of items: [Item], count: Int) -> [Item] {
    permutation(of: items.indices).prefix(count).map { items[$0] }
  }
}
