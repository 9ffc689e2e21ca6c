import Autograd
import NN
import Tensor
import Testing

struct DropoutTests {
  private let x = Tensor<Float>(ones: [40, 1_000])

  @Test(arguments: [Float(0.2), 0.5, 0.9])
  func dropsTheGivenShareAndKeepsTheMean(rate: Float) {
    let output = Dropout(rate)(Variable(x), Context(.training, seed: 3)).value.scalars
    let kept = 1 / (1 - rate)
    #expect(output.allSatisfy { $0 == 0 || $0 == kept })
    let share = Double(output.count { $0 == 0 }) / Double(output.count)
    // Five standard deviations of a binomial share.
    let deviation = (Double(rate * (1 - rate)) / Double(output.count)).squareRoot()
    #expect(abs(share - Double(rate)) < 5 * deviation)
  }

  @Test func gradientPassesWhereElementsWereKept() throws {
    let tracked = Variable(tracking: x)
    let output = Dropout(0.3)(tracked, Context(.training, seed: 3))
    #expect(try #require(output.sum().gradients()[tracked]) == output.value)
  }

  @Test func masksComeFromTheContext() {
    let layer = Dropout(0.5)
    let context = Context(.training, seed: 1)
    let (first, second) = (layer(Variable(x), context).value, layer(Variable(x), context).value)
    #expect(first != second)
    #expect(first == layer(Variable(x), Context(.training, seed: 1)).value)
    #expect(first != layer(Variable(x), Context(.training, seed: 2)).value)
  }

  /// As in a loop that makes a context for each step.
  @Test func masksOfContextsWithoutASeedDiffer() {
    let layer = Dropout(0.5)
    let masks = (0..<3).map { _ in layer(Variable(x), Context(.training)).value }
    #expect(masks[0] != masks[1] && masks[1] != masks[2] && masks[0] != masks[2])
    let noise = (0..<2).map { _ in
      layer(Variable(x), Context(appliesDropout: true, usesBatchStatistics: false, recordsGradients: false)).value
    }
    #expect(noise[0] != noise[1])
  }

  @Test func identityInInferenceAndAtRateZero() {
    #expect(Dropout(0.5)(x) == x)
    #expect(Dropout(0)(Variable(x), Context(.training)).value == x)
  }
}
