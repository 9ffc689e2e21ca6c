import Autograd
import Foundation
import NN
import Tensor
import TestSupport
import Testing

struct OutputMeaningTests {
  private struct Own: Loss {
    func perExample(predicted: Variable<Float>, expected: Tensor<Float>) -> Variable<Float> {
      (predicted - Variable(expected)).absolute().flattenedImages().mean([1])
    }
  }

  @Test func eachLossSaysWhatItExpects() {
    func meaning(_ loss: any Loss) -> OutputMeaning? { loss.outputMeaning }
    #expect(meaning(.categoricalCrossEntropy) == .probabilities)
    #expect(meaning(.categoricalCrossEntropy(fromLogits: true)) == .logits)
    #expect(meaning(.sparseCategoricalCrossEntropy) == .probabilities)
    #expect(meaning(.sparseCategoricalCrossEntropy(fromLogits: true)) == .logits)
    #expect(meaning(.binaryCrossEntropy) == .binaryProbabilities)
    #expect(meaning(.binaryCrossEntropy(fromLogits: true)) == .binaryLogits)
    #expect(meaning(.meanSquaredError) == .values)
    #expect(meaning(Own()) == nil)
  }

  @Test func metricsFollowTheLoss() {
    func names(_ loss: any Loss) -> [String] { loss.defaultMetrics.map(\.name) }
    #expect(names(.categoricalCrossEntropy) == ["accuracy"])
    #expect(names(.sparseCategoricalCrossEntropy(fromLogits: true)) == ["accuracy"])
    #expect(names(.binaryCrossEntropy) == ["accuracy"])
    #expect(names(.meanSquaredError) == [])
    #expect(names(Own()) == [])
  }

  @Test func logitsBecomeProbabilities() throws {
    let outputs = Tensor<Float>(shape: [2, 2], scalars: [0, 0, 1, -1])
    #expect(OutputMeaning.probabilities.probabilities(of: outputs) == outputs)
    #expect(OutputMeaning.binaryProbabilities.probabilities(of: outputs) == outputs)
    #expect(OutputMeaning.logits.probabilities(of: outputs) == outputs.softmax(axis: 1))
    #expect(OutputMeaning.binaryLogits.probabilities(of: outputs) == outputs.sigmoid())
    #expect(OutputMeaning.values.probabilities(of: outputs) == nil)
    let image = Tensor<Float>(countingTo: 24).reshaped(to: [2, 3, 2, 2])
    #expect(OutputMeaning.logits.probabilities(of: image) == image.softmax(axis: 1))
    #expect(OutputMeaning.allCases.filter(\.isLogits) == [.logits, .binaryLogits])
  }

  @Test func isEncodedByItsName() throws {
    let data = try JSONEncoder().encode(OutputMeaning.allCases)
    #expect(try JSONDecoder().decode([OutputMeaning].self, from: data) == OutputMeaning.allCases)
    #expect(OutputMeaning.binaryLogits.rawValue == "binaryLogits")
  }
}
