import Data
import Foundation
import Tensor
import Testing

/// Mixup and CutMix, as torchvision computes them (`make_recipes.py`).
@Suite struct BatchMixingTests {
  private struct Fixture: Decodable {
    struct Case: Decodable {
      let kind: String
      let kept: Double
      let x: Int
      let y: Int
      let inputs: [Float]
      let targets: [Float]
    }
    let inputs: [Float]
    let targets: [Float]
    let cases: [Case]
  }

  @Test func batchesAreThoseOfTorchvision() throws {
    let fixture: Fixture = try readFixture("mixing.json")
    let batch = Batch(
      inputs: Tensor(shape: [4, 2, 5, 6], scalars: fixture.inputs),
      targets: Tensor(shape: [4, 3], scalars: fixture.targets))
    #expect(fixture.cases.count == 6)
    for example in fixture.cases {
      let mixed =
        example.kind == "mixup"
        ? batch.mixed(keeping: example.kept) : batch.cutMixed(keeping: example.kept, x: example.x, y: example.y)
      // Two products and a sum of numbers up to 1, each rounded.
      let tolerance: Float = 2 * 0x1p-23
      #expect(zip(mixed.inputs.scalars, example.inputs).allSatisfy { abs($0 - $1) <= tolerance }, "\(example)")
      #expect(zip(mixed.targets.scalars, example.targets).allSatisfy { abs($0 - $1) <= tolerance }, "\(example)")
    }
  }

  private static func data(_ count: Int = 10) throws -> TensorDataset {
    var generator = RandomGenerator(seed: 1)
    return try TensorDataset(
      inputs: Tensor(uniform: [count, 3, 8, 8], in: 0..<1, using: &generator),
      targets: Tensor(oneHot: Tensor((0..<count).map { Float($0 % 3) }), classCount: 3))
  }

  private static func batches(_ loader: BatchLoader, epoch: Int, from first: Int = 0) throws -> [Batch] {
    let stream = loader.batches(epoch: epoch, startingAt: first)
    var batches: [Batch] = []
    while let batch = try stream.next() { batches.append(batch) }
    return batches
  }

  /// The batches depend on seed, epoch and number alone, so they are the same after a resume and on any number of threads.
  @Test func batchesDependOnTheirNumber() throws {
    let mixing = BatchMixing(mixup: 0.4, cutMix: 1)
    func loader(_ seed: UInt64, workers: Int = 1, _ mixing: BatchMixing? = mixing) throws -> BatchLoader {
      try BatchLoader(Self.data(), batchSize: 3, seed: seed, mixing: mixing, workers: workers)
    }
    let batches = try Self.batches(loader(5), epoch: 2)
    func inputs(_ batches: [Batch]) -> [Tensor<Float>] { batches.map(\.inputs) }
    #expect(inputs(try Self.batches(loader(5, workers: 3), epoch: 2)) == inputs(batches))
    #expect(inputs(try Self.batches(loader(5), epoch: 2, from: 2)) == inputs(Array(batches[2...])))
    #expect(inputs(try Self.batches(loader(5), epoch: 3)) != inputs(batches))
    #expect(inputs(try Self.batches(loader(6), epoch: 2)) != inputs(batches))
    let plain = try Self.batches(loader(5, nil), epoch: 2)
    // The last batch has one example, which there is nothing to mix with.
    #expect(batches[3].inputs == plain[3].inputs && batches[0].targets != plain[0].targets)
    for batch in batches {
      for row in 0..<batch.count { #expect(abs((0..<3).reduce(0) { $0 + batch.targets[row, $1] } - 1) < 1e-6) }
    }
    var none = mixing
    none.share = 0
    #expect(inputs(try Self.batches(loader(5, none), epoch: 2)) == inputs(plain))
  }

  /// λ has the mean ½ and the variance 1 / (4 (2 α + 1)) of its Beta distribution.
  @Test(arguments: [0.1, 0.4, 1, 3]) func sharesAreOfTheBetaDistribution(alpha: Double) throws {
    let pair = Batch(
      inputs: Tensor(zeros: [2, 1]), targets: Tensor(shape: [2, 2], scalars: [1, 0, 0, 1]))
    let mixing = BatchMixing(mixup: alpha)
    let count = 4000
    let shares = try (0..<count).map { Double(try mixing(pair, index: $0, epoch: 1, seed: 9).targets[0, 0]) }
    let mean = shares.reduce(0, +) / Double(count)
    let variance = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
    let expected = 1 / (4 * (2 * alpha + 1))
    // Five standard deviations; the fourth moment of numbers in 0...1 around ½ is at most a quarter of the variance.
    #expect(abs(mean - 0.5) < 5 * (expected / Double(count)).squareRoot())
    #expect(abs(variance - expected) < 5 * (expected / 4 / Double(count)).squareRoot())
    #expect(shares.allSatisfy { (0...1).contains($0) })
  }

  @Test func extremeShapesGiveShares() throws {
    let pair = Batch(inputs: Tensor(zeros: [2, 1]), targets: Tensor(shape: [2, 2], scalars: [1, 0, 0, 1]))
    for alpha in [1e-300, 1e-5, 1e5, 1e300] {
      let shares = try (0..<50).map { try BatchMixing(mixup: alpha)(pair, index: $0, epoch: 0, seed: 1).targets[0, 0] }
      #expect(shares.allSatisfy { (0...1).contains($0) }, "\(alpha)")
    }
    #expect(throws: DatasetError.self) { try BatchMixing(cutMix: 1)(pair, index: 0, epoch: 0, seed: 1) }
  }
}
