import Data
import NN
import Tensor
import Testing
import Training

/// What raises a number, and where one of several classes is seen.
@Suite struct PhotoExplainerTests {
  /// Black, but for a red pixel at the upper left and a blue one at the lower right.
  private static let photo: Image = {
    var pixels = [UInt8](repeating: 0, count: 3 * 64)
    (pixels[0], pixels[3 * 63 + 2]) = (255, 255)
    return Image(width: 8, height: 8, pixels: pixels)
  }()

  /// A convolution that keeps red and blue apart, and outputs that are sums of the means over the photo of both.
  private func model(_ weight: [[Float]], bias: [Float], _ activation: Activation = .linear) throws -> Model {
    let model = try Sequential(input: [3, 8, 8]) {
      Conv2D(2, kernelSize: 1).named("colours")
      GlobalAveragePool2D()
      Dense(bias.count, activation: activation).named("end")
    }
    try model.load(state: [
      "colours.weight": Tensor(shape: [2, 3, 1, 1], scalars: [64, 0, 0, 0, 0, 64]), "colours.bias": Tensor([0, 0]),
      "end.weight": Tensor(shape: [2, bias.count], scalars: weight.flatMap(\.self)), "end.bias": Tensor(bias),
    ])
    model.preprocessing = Preprocessing(imageSize: 8)
    return model
  }

  /// The position of the largest number of a map.
  private func hottest(_ explanation: PhotoExplanation, _ method: PhotoExplainer.Method) -> Int? {
    explanation.maps.first { $0.method == method }.map { Int($0.values.reshaped(to: [-1]).argmax().scalar) }
  }

  @Test func aNumberIsExplainedInItsOwnUnits() throws {
    // The standardized numbers are red - 0.5 and blue - red. Their own units are 10 + 4 x and 100 + 2 x.
    let model = try model([[1, -1], [0, 1]], bias: [-0.5, 0])
    model.targetMeaning = .numbers(
      names: ["warmth", "cold"], scaling: NumberScaling(rows: Tensor(shape: [2, 2], scalars: [6, 98, 14, 102])))
    let explainer = try PhotoExplainer(model)
    let warmth = try explainer.explain(Self.photo)
    #expect(warmth.explained.name == "warmth" && abs(warmth.explained.value - 12) < 1e-4)
    let cold = try explainer.explain(Self.photo, of: "cold")
    #expect(cold.explained.name == "cold" && abs(cold.explained.value - 100) < 1e-4)
    #expect(cold.answer == warmth.answer && [warmth.output, cold.output] == [.number(0), .number(1)])
    for method in PhotoExplainer.Method.allCases {
      #expect(hottest(warmth, method) == 0, "\(method)")
      #expect(hottest(cold, method) == 63, "\(method)")
    }
    // What lowers a number is below 0.
    let shares = try #require(cold.maps.first { $0.method == .integratedGradients }).values
    #expect(shares[0, 0] < 0)
    let error = #expect(throws: PhotoExplanationError.self) { try explainer.explain(Self.photo, of: "price") }
    #expect(error.map { "\($0)" } == "there is no number \"price\"; the model predicts warmth, cold")
  }

  @Test func oneOfSeveralClassesIsExplained() throws {
    let model = try model([[3, 0], [0, 1]], bias: [0, 0], .sigmoid)
    model.targetMeaning = .severalClasses(names: ["red", "blue"])
    model.classes = ["red", "blue"]
    let explainer = try PhotoExplainer(model)
    let likeliest = try explainer.explain(Self.photo)
    let other = try explainer.explain(Self.photo, of: "blue")
    #expect(likeliest.explained.name == "red" && likeliest.output == .class(0) && other.output == .class(1))
    for method in PhotoExplainer.Method.allCases {
      #expect(hottest(likeliest, method) == 0 && hottest(other, method) == 63, "\(method)")
    }
  }

  /// Names with different code points are different names, even where Swift compares the two strings as equal.
  @Test func namesAreComparedByTheirCodePoints() throws {
    let (composed, decomposed) = ("caf\u{e9}", "cafe\u{301}")
    let model = try model([[3, 0], [0, 1]], bias: [0, 0], .sigmoid)
    model.targetMeaning = .severalClasses(names: [composed, decomposed])
    model.classes = [composed, decomposed]
    let first = try PhotoExplainer(model).explain(Self.photo, of: composed, methods: [.occlusion])
    let second = try PhotoExplainer(model).explain(Self.photo, of: decomposed, methods: [.occlusion])
    #expect(first.output == .class(0) && second.output == .class(1))
    #expect([first, second].map { Array($0.explained.name.utf8) } == [Array(composed.utf8), Array(decomposed.utf8)])
    model.targetMeaning = .severalClasses(names: [composed, "tea"])
    model.classes = [composed, "tea"]
    let explainer = try PhotoExplainer(model)
    #expect(throws: PhotoExplanationError.self) { try explainer.explain(Self.photo, of: decomposed) }
  }

  /// The only class that may be present is the output, not its opposite.
  @Test func theOnlyOfSeveralClassesIsExplained() throws {
    let model = try model([[2], [-1]], bias: [0], .sigmoid)
    model.targetMeaning = .severalClasses(names: ["red"])
    model.classes = ["red"]
    let explanation = try PhotoExplainer(model).explain(Self.photo)
    #expect(explanation.explained.name == "red" && explanation.explained.value > 0.7)
    for method in PhotoExplainer.Method.allCases { #expect(hottest(explanation, method) == 0, "\(method)") }
  }
}
