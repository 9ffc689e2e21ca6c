/// A seeded generator of random numbers: the same seed gives the same numbers on every machine and thread count.
///
/// It is a value: a copy continues from the same position, and so does a generator that was encoded and decoded. Each
/// draw uses its own part of the stream, so two draws never share random bits.
public struct RandomGenerator: RandomNumberGenerator, Hashable, Codable, Sendable {
  private let seed: UInt64
  private let stream: UInt64
  /// The number of 64-bit numbers that were used; a block of the stream has two.
  private var position: UInt64 = 0

  /// Makes a generator.
  ///
  /// - Parameters:
  ///   - seed: selects the sequence of numbers.
  ///   - stream: selects one of the 2⁶⁴ independent sequences of the seed, for example one for each image.
  public init(seed: UInt64, stream: UInt64 = 0) {
    self.seed = seed
    self.stream = stream
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    let words = Philox.words(seed: seed, stream: stream, block: position / 2)
    let (low, high) = position % 2 == 0 ? (words.0, words.1) : (words.2, words.3)
    position += 1
    return UInt64(high) << 32 | UInt64(low)
  }

  /// The next number, uniform in [0, 1): a multiple of 2⁻⁵³.
  public mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// The next number, uniform in the given range; its upper bound is excluded.
  public mutating func uniform(in range: Range<Double>) -> Double {
    // Rounding can give the upper bound, which does not belong to the range.
    min(range.lowerBound + (range.upperBound - range.lowerBound) * uniform(), range.upperBound.nextDown)
  }

  /// The next whole number, uniform in `0..<bound`, without bias (Lemire 2019). Stops if `bound` is below 1.
  public mutating func integer(below bound: Int) -> Int {
    require(bound > 0, "integer(below:): the bound is \(bound), at least 1 is needed")
    let bound = UInt64(bound)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }

  /// The numbers `0..<count` in random order (Fisher and Yates). Stops if `count` is negative.
  public mutating func permutation(of count: Int) -> [Int] {
    require(count >= 0, "permutation(of:): the count is \(count), at least 0 is needed")
    var order = Array(0..<count)
    for index in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(index, integer(below: index + 1))
    }
    return order
  }

  /// Reserves enough whole blocks of the stream for `count` 32-bit words, which can be read in any order.
  mutating func takeWords(_ count: Int) -> RandomWords {
    RandomWords(seed: seed, stream: stream, firstBlock: takeBlocks((count + 3) / 4), count: count)
  }

  /// Reserves enough whole blocks of the stream for `count` truth values.
  mutating func takeBernoulli(_ count: Int) -> RandomBits {
    let groups = (count + RandomBits.group - 1) / RandomBits.group
    return RandomBits(
      seed: seed, stream: stream, firstBlock: takeBlocks(RandomBits.blocksPerGroup * groups), count: count)
  }

  /// Reserves `count` blocks that no other draw uses, and returns the number of the first.
  private mutating func takeBlocks(_ count: Int) -> UInt64 {
    let first = (position + 1) / 2
    position = 2 * (first + UInt64(count))
    return first
  }
}

extension RandomGenerator {
  private enum CodingKeys: CodingKey {
    case seed, stream, position
  }

  /// Decodes a generator, which continues from its encoded position.
  ///
  /// - Throws: `DecodingError`, also for a position near the end of the stream.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    seed = try container.decode(UInt64.self, forKey: .seed)
    stream = try container.decode(UInt64.self, forKey: .stream)
    position = try container.decode(UInt64.self, forKey: .position)
    guard position < 1 << 63 else {
      throw DecodingError.dataCorruptedError(
        forKey: .position, in: container, debugDescription: "\(position) is beyond the end of the stream")
    }
  }
}
