import Autograd
import Foundation
import NN
import Tensor
import Testing

/// Every loss with random options and inputs against Keras in double precision, as `draw_losses.py` has written it down.
struct LossDrawTests {
  struct Draw: Decodable, CustomTestStringConvertible {
    struct Options: Decodable {
      let delta, labelSmoothing, gamma: Float?
      let fromLogits, applyClassBalancing: Bool?
      let alpha: Alpha?
      let ignoreClass: Int?
    }

    /// One number, or one for each class.
    struct Alpha: Decodable {
      let values: [Float]

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Float.self) {
          values = [value]
        } else {
          values = try container.decode([Float].self)
        }
      }
    }

    let `class`, kind: String
    let shape: [Int]
    let seed: UInt64
    let zeroOne: Bool
    let options: Options
    let each, gradient: [Double]

    var testDescription: String { "\(`class`) \(shape) \(options)" }
  }

  static let draws = Result { () throws -> [Draw] in
    let file = Bundle.module.bundleURL.appending(path: "Fixtures").appending(path: "loss_draws.json")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode([Draw].self, from: Data(contentsOf: file))
  }

  private func loss(_ draw: Draw) throws -> any Loss {
    let options = draw.options
    let (fromLogits, smoothing) = (options.fromLogits == true, options.labelSmoothing ?? 0)
    switch draw.class {
    case "MeanSquaredError": return .meanSquaredError
    case "MeanAbsoluteError": return .meanAbsoluteError
    case "MeanAbsolutePercentageError": return .meanAbsolutePercentageError
    case "MeanSquaredLogarithmicError": return .meanSquaredLogarithmicError
    case "Huber": return .huber(delta: try #require(options.delta))
    case "LogCosh": return .logCosh
    case "CosineSimilarity": return .cosineSimilarity
    case "Poisson": return .poisson
    case "Hinge": return .hinge
    case "SquaredHinge": return .squaredHinge
    case "CategoricalHinge": return .categoricalHinge
    case "KLDivergence": return .klDivergence
    case "CategoricalCrossentropy":
      return .categoricalCrossEntropy(fromLogits: fromLogits, labelSmoothing: smoothing)
    case "SparseCategoricalCrossentropy":
      return .sparseCategoricalCrossEntropy(fromLogits: fromLogits, ignoreClass: options.ignoreClass)
    case "BinaryCrossentropy": return .binaryCrossEntropy(fromLogits: fromLogits, labelSmoothing: smoothing)
    case "CategoricalFocalCrossentropy":
      return .categoricalFocalCrossEntropy(
        alpha: try #require(options.alpha).values, gamma: try #require(options.gamma), fromLogits: fromLogits,
        labelSmoothing: smoothing)
    case "BinaryFocalCrossentropy":
      return .binaryFocalCrossEntropy(
        applyClassBalancing: options.applyClassBalancing == true, alpha: try #require(options.alpha?.values.first),
        gamma: try #require(options.gamma), fromLogits: fromLogits, labelSmoothing: smoothing)
    default: throw UnknownClass(name: draw.class)
    }
  }

  private struct UnknownClass: Error { let name: String }

  @Test func eachLossIsDrawnOften() throws {
    let counts = try Dictionary(grouping: Self.draws.get(), by: \.class).mapValues(\.count)
    #expect(counts.count == 17 && counts.values.allSatisfy { $0 >= 20 })
  }

  /// Numbers near 1 with some ten roundings each; 1 - p loses up to four bits, its logarithm and powers as many.
  private let tolerance = 64 * 0x1p-24

  @Test(arguments: try draws.get())
  func againstKeras(draw: Draw) throws {
    let fromLogits = draw.options.fromLogits == true
    let (predicted, expected) = drawnInputs(
      draw.kind, Shape(draw.shape), seed: draw.seed, fromLogits: fromLogits, zeroOne: draw.zeroOne)
    let loss = try loss(draw)
    try loss.check(predicted: predicted.shape, expected: expected)
    let tracked = Variable(tracking: predicted)
    expectClose(
      loss.perExample(predicted: tracked, expected: expected).value, draw.each, tolerance: tolerance, "each")
    let gradient = try #require(loss(tracked, expected).gradients()[tracked])
    expectClose(gradient, draw.gradient, tolerance: tolerance, "gradient")
    // Behind a softmax or a sigmoid the same numbers come from the logits.
    guard fromLogits, let meaning = loss.outputMeaning else { return }
    let logits = Variable(tracking: predicted)
    let outputs = meaning == .logits ? logits.softmax(axis: 1) : logits.sigmoid()
    let behind = try #require(loss(outputs, expected).gradients()[logits])
    expectClose(behind, draw.gradient, tolerance: tolerance, "behind probabilities")
  }
}
