import Data
import NN
import Tensor
import Testing
import Training

/// A batch that cannot fit into the memory is refused before an example is read.
@Suite struct MemoryCheckTests {
  /// Images of 30 billion numbers each.
  private struct Huge: Dataset {
    var count: Int { 64 }
    var inputShape: Shape { [3, 100_000, 100_000] }
    var classes: [String] { [] }
    func batch(_ indices: [Int]) throws -> Batch { throw FitError.noExamples }
  }

  @Test func aBatchThatCannotFitIsRefused() throws {
    let model = try Sequential(input: Huge().inputShape) {
      GlobalAveragePool2D()
      Dense(2, activation: .softmax)
    }
    for work in [
      { try model.fit(Huge(), loss: .categoricalCrossEntropy, progress: .silent) },
      { _ = try model.evaluate(Huge(), loss: .categoricalCrossEntropy) }, { _ = try model.predict(Huge()) },
    ] as [() throws -> Void] {
      let error = #expect(throws: FitError.self) { try work() }
      let message = "\(try #require(error))"
      #expect(message.hasPrefix("a batch of 32 inputs [3, 100000, 100000] needs at least 3.8 TB of memory, and "))
      #expect(message.hasSuffix("use a smaller batchSize or smaller inputs"))
    }
    let small = FitError.memory(batchSize: 1, inputShape: [3], gigabytes: 0.0312, available: 950)
    #expect("\(small)".contains("at least 31.2 MB of memory, and 950 bytes are available"))
  }
}
