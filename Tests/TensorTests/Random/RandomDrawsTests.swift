import Tensor
import TestSupport
import Testing

/// Successive draws of a generator take blocks of the stream that no other draw takes a part of.
struct RandomDrawsTests {
  /// The ways to draw `count` elements.
  enum Kind: CaseIterable {
    case uniform, uniformDouble, normal, truncatedNormal, bernoulli, mask, permutation, next

    func draw(_ count: Int, _ generator: inout RandomGenerator) -> [Double] {
      switch self {
      case .uniform: Tensor<Float>(uniform: [count], using: &generator).scalars.map { Double($0) }
      case .uniformDouble: Tensor<Double>(uniform: [count], using: &generator).scalars
      case .normal: Tensor<Double>(normal: [count], using: &generator).scalars
      case .truncatedNormal: Tensor<Double>(truncatedNormal: [count], standardDeviation: 1, using: &generator).scalars
      case .bernoulli: numbers(Tensor<Bool>(bernoulli: [count], probability: 0.5, using: &generator))
      case .mask:
        // A mask in the layout of images with their channels innermost.
        numbers(
          Tensor<Bool>(
            bernoulli: Tensor<Float>(zeros: [1, 1, 1, count]).permuted([0, 3, 1, 2]).layout, probability: 0.5,
            using: &generator))
      case .permutation: generator.permutation(of: count).map { Double($0) }
      case .next: (0..<count).map { _ in Double(generator.next() >> 11) }
      }
    }

    private func numbers(_ mask: Tensor<Bool>) -> [Double] { mask.scalars.map { $0 ? 1 : 0 } }

    /// How many whole blocks of four words the draw reads at least.
    func blocks(_ count: Int) -> Int {
      switch self {
      case .uniform, .uniformDouble, .normal, .truncatedNormal: (count + 3) / 4
      case .bernoulli, .mask: (count + 127) / 128 * 16
      case .permutation: max(count - 1, 0) / 2
      case .next: count / 2
      }
    }
  }

  /// The blocks of the stream by their first word, as ``RandomGenerator/next()`` gives it.
  private static let firstBlocks: [UInt64: Int] = {
    var generator = RandomGenerator(seed: 11)
    return Dictionary(
      uniqueKeysWithValues: (0..<500).map { block in
        defer { _ = generator.next() }
        return (generator.next(), block)
      })
  }()

  /// The block that a generator has reached, a block begun counting as taken.
  private func position(of generator: RandomGenerator) -> Int? {
    var generator = generator
    // A tensor begins with a whole block.
    _ = Tensor<Float>(uniform: [0], using: &generator)
    return Self.firstBlocks[generator.next()]
  }

  @Test(arguments: Kind.allCases) func everyDrawHasItsBlocksAlone(kind: Kind) throws {
    for count in 1...200 {
      for before in 0...1 {
        var generator = RandomGenerator(seed: 11)
        for _ in 0..<before { _ = generator.next() }
        // A draw of single numbers goes on within a block.
        let first = kind == .next || kind == .permutation ? 0 : before
        _ = kind.draw(count, &generator)
        let reached = try #require(position(of: generator))
        #expect(reached >= first + kind.blocks(count), "\(count) elements")
      }
    }
  }

  /// Three masks one after the other, each by the definition from blocks of its own.
  @Test func masksAreDecidedByTheirBlocks() {
    for count in 1...200 {
      var generator = RandomGenerator(seed: 5)
      for draw in 0..<3 {
        let mask = Tensor<Bool>(bernoulli: [count], probability: 0.3, using: &generator).scalars
        let first = draw * ((count + 127) / 128) * 16
        for (element, isTrue) in mask.enumerated() {
          let block = first + element / 128 * 16 + element % 16
          let words = Philox.words(seed: 5, stream: 0, block: UInt64(block))
          let word = [words.0, words.1, words.2, words.3][element % 128 / 32]
          let number = element % 32 < 16 ? word : word << 16 | word >> 16
          #expect(isTrue == (Double(number) < 0.3 * 0x1p32), "draw \(draw) of \(count), element \(element)")
        }
      }
    }
  }

  /// Of two independent masks, 12 elements agree once in 4,096 pairs: in none of 30 shifts of 200 pairs more than some few
  /// times.
  @Test(arguments: [16, 20, 32]) func masksOfSmallLayersDoNotRepeat(count: Int) {
    var generator = RandomGenerator(seed: 3)
    let masks = (0..<201).map { _ in
      Tensor<Bool>(bernoulli: [count], probability: 0.5, using: &generator).scalars
    }
    for shift in 0...(count - 12) {
      let repeated = zip(masks, masks.dropFirst()).count { $0[shift..<shift + 12].elementsEqual($1[..<12]) }
      #expect(repeated <= 3, "shift \(shift)")
    }
  }
}
