/// A seeded generator of random numbers: the same seed gives the same stream on every machine and thread count.
///
/// A value: copying it copies the place in the stream, and encoding it saves the place.
public struct RandomGenerator: RandomNumberGenerator, Hashable, Codable, Sendable {
  private let seed: UInt64
  private let stream: UInt64
  /// How many 64-bit numbers were taken; a block of the stream has two.
  private var position: UInt64 = 0

  /// Makes the generator of a seed.
  ///
  /// - Parameters:
  ///   - seed: chooses the sequence of numbers.
  ///   - stream: chooses one of 2⁶⁴ independent sequences of the seed, for example one per image.
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

  /// The next number uniform in [0, 1): a multiple of 2⁻⁵³.
  public mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// The next number uniform in the given range, its end excluded.
  public mutating func uniform(in range: Range<Double>) -> Double {
    // Rounding can reach the end of the range, which is not part of it.
    min(range.lowerBound + (range.upperBound - range.lowerBound) * uniform(), range.upperBound.nextDown)
  }

  /// The next whole number uniform in `0..<bound`, without bias (Lemire 2019).
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

  /// The numbers `0..<count` in random order (Fisher and Yates).
  public mutating func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    for index in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(index, integer(below: index + 1))
    }
    return order
  }

  /// Takes enough of the stream for `count` 32-bit words and returns it, to be read in any order.
  mutating func takeWords(_ count: Int) -> RandomWords {
    let firstBlock = (position + 1) / 2
    position = 2 * (firstBlock + UInt64((count + 3) / 4))
    return RandomWords(seed: seed, stream: stream, firstBlock: firstBlock, count: count)
  }
}

extension RandomGenerator {
  private enum CodingKeys: CodingKey {
    case seed, stream, position
  }

  /// Takes up a generator where it was encoded.
  ///
  /// - Throws: `DecodingError`, also for a place so near the end of the stream that it could be reached.
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

/// A stretch of a random stream, in words of 32 bits that can be computed in any order.
struct RandomWords {
  let seed: UInt64
  let stream: UInt64
  let firstBlock: UInt64
  let count: Int

  /// How many blocks are made at a time: enough for the compiler to work on several of them in one instruction.
  private static let batch = 64

  /// How many elements 16 blocks decide on: two a word.
  private static let bernoulliGroup = 128

  /// Writes for `count` elements, two for each word, whether a random number is below `threshold`, at most 2³². In
  /// parallel, 128 elements at a time, in the order that the kernel has; what is not needed of the last 128 is computed
  /// nevertheless.
  func writeBernoulli(below threshold: UInt64, to result: UnsafeMutablePointer<Bool>, count: Int) {
    guard threshold > 0 else { return result.update(repeating: false, count: count) }
    let limit = UInt32(truncatingIfNeeded: threshold - 1)
    let (group, bytes) = (Self.bernoulliGroup, UnsafeMutableRawPointer(result).assumingMemoryBound(to: UInt8.self))
    parallelFor(count: count / group, grain: 256) { groups in
      Kernels.best.bernoulli(
        seed, stream, firstBlock &+ 16 * UInt64(groups.lowerBound), groups.count, limit,
        bytes + group * groups.lowerBound)
    }
    let whole = count / group * group
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: group) { last in
      guard whole < count, let last = last.baseAddress else { return }
      Kernels.best.bernoulli(seed, stream, firstBlock &+ UInt64(whole / 8), 1, limit, last)
      (bytes + whole).update(from: last, count: count - whole)
    }
  }

  /// Calls `body` with each block of four words and the number of its first word; in parallel.
  /// In the last block, words beyond ``count`` are to be ignored.
  @inline(__always)
  func forEachBlock(_ body: (_ index: Int, _ words: (UInt32, UInt32, UInt32, UInt32)) -> Void) {
    parallelFor(count: (count + 3) / 4, grain: 4_096) { range in
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 4 * Self.batch) { buffer in
        guard let first = buffer.baseAddress else { return }
        let (second, third, fourth) = (first + Self.batch, first + 2 * Self.batch, first + 3 * Self.batch)
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.batch) {
          let blocks = Swift.min(Self.batch, range.upperBound - start)
          for index in 0..<blocks {
            let block = firstBlock &+ UInt64(truncatingIfNeeded: start &+ index)
            (first[index], second[index], third[index], fourth[index]) = Philox.words(
              seed: seed, stream: stream, block: block)
          }
          for index in 0..<blocks {
            body(4 * (start + index), (first[index], second[index], third[index], fourth[index]))
          }
        }
      }
    }
  }
}
