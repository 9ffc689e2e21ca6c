import Data
import ModelFormats
import NN
import Tensor
import Training

/// What the outputs of a network go through to be an answer, in an ONNX graph: probabilities, their temperature, the rule for photos of
/// none of the classes, and the names.
struct SealedAnswer {
  private let model: Model
  private let confidence: Confidence?
  private let build: GraphBuilder

  init(_ model: Model, _ confidence: Confidence?, _ build: GraphBuilder) {
    (self.model, self.confidence, self.build) = (model, confidence, build)
  }

  /// The outputs of the file.
  ///
  /// - Parameters:
  ///   - output: of the network, `[1, C]`.
  ///   - features: what the rule for unknown photos looks at.
  /// - Throws: ``SealingError`` if the network does not fit its description; `DamagedTargets`.
  func outputs(of output: String, features: String?) throws -> [ONNXGraph.Value] {
    let count = model.outputShape?.elementCount ?? 0
    switch try model.checkedTargetMeaning() {
    case .numbers(let names, let scaling):
      guard names.count == count else { throw SealingError.outputs(count, names: names.count) }
      return [numbers(output, scaling, names)]
    case .severalClasses(let names):
      guard names.count == count else { throw SealingError.outputs(count, names: names.count) }
      let shares = list(model.outputMeaning?.isLogits == true ? build("Sigmoid", output) : output, "probabilities")
      let present = build.name(build("Greater", shares, build.float(0.5)), "present")
      return [
        .init(shares, .float, [.length(count)]), .init(present, .bool, [.length(count)]), namesValue(names),
      ]
    case .oneClass, .unknown, nil: return try oneClass(output, features, count: count)
    }
  }

  private func numbers(_ output: String, _ scaling: NumberScaling?, _ names: [String]) -> ONNXGraph.Value {
    var values = output
    if let scaling {
      let scaled = build.multiply(values, build.tensor(Tensor(scaling.deviation)))
      values = build.add(scaled, build.tensor(Tensor(scaling.mean)))
    }
    return .init(list(values, "numbers"), .float, [.length(names.count)])
  }

  private func oneClass(
    _ output: String, _ features: String?, count: Int
  ) throws(SealingError) -> [ONNXGraph.Value] {
    let names = model.classes
    guard names.count == count || (count == 1 && names.count == 2) else {
      throw .outputs(count, names: names.count)
    }
    let meaning = model.outputMeaning ?? .probabilities
    guard meaning != .values else { throw .noProbabilities }
    let isSingle = count == 1
    var shares = output
    if meaning.isLogits {
      shares = meaning == .logits ? build("Softmax", output, with: ["axis": .integer(1)]) : build("Sigmoid", output)
    }
    shares = build("Clip", shares, build.float(0), build.float(1))
    if isSingle {
      shares = build("Concat", build.subtract(build.float(1), shares), shares, with: ["axis": .integer(1)])
    }
    if let temperature = confidence?.temperature, temperature != 1 {
      func logarithms() -> String { build("Log", build.higher(shares, build.float(.leastNormalMagnitude))) }
      let logits = meaning == .logits ? output : logarithms()
      let scaled = build.multiply(logits, build.float(Float(1 / temperature)))
      shares = build("Softmax", scaled, with: ["axis": .integer(1)])
    }
    let probabilities = list(shares, "probabilities")
    let texts = namesValue(names)
    let best = build("ArgMax", probabilities, with: ["axis": .integer(0), "keepdims": .integer(1)])
    let name = build.name(build("Gather", "classes", best), "class")
    let answer: [ONNXGraph.Value] = [
      .init(probabilities, .float, [.length(names.count)]), .init(name, .string, [.length(1)]), texts,
    ]
    guard let rule = confidence?.rejection, let features else { return answer }
    return answer + [isUnknown(features, rule)]
  }

  /// The names of the classes, in the order of the probabilities.
  private func namesValue(_ names: [String]) -> ONNXGraph.Value {
    .init(build.name(build.texts(names), "classes"), .string, [.length(names.count)])
  }

  /// Numbers `[1, C]` as a list with a name.
  private func list(_ values: String, _ name: String) -> String {
    build.name(build("Reshape", values, build.integers(-1)), name)
  }

  /// Whether the photo is of none of the classes: the formulas of `Rejection`.
  private func isUnknown(_ features: String, _ rule: Rejection) -> ONNXGraph.Value {
    let flat = build("Reshape", features, build.integers(1, -1))
    let x = build.multiply(build("Sign", flat), build("Sqrt", build("Abs", flat)))
    let scores = build.add(
      build("MatMul", x, build.tensor(rule.discriminant.weight)), build.tensor(rule.discriminant.bias))
    let length = build("Sqrt", build("ReduceSum", build.multiply(x, x), build.integers(1)))
    let safe = build("Where", build("Greater", length, build.float(0)), length, build.float(1))
    let likeness = build("MatMul", build.divide(x, safe), build.tensor(rule.examples.transposed()))
    func weighted(_ values: String, _ factor: Float) -> String {
      build.multiply(build("ReduceMax", values, with: ["axes": .integers([1])]), build.float(factor))
    }
    let score = build.add(weighted(scores, rule.factors[0]), weighted(likeness, rule.factors[1]))
    let isLow = build("Less", score, build.float(rule.threshold))
    return .init(build.name(build("Reshape", isLow, build.integers(-1)), "none_of_these"), .bool, [.length(1)])
  }
}

/// Why a model cannot be sealed.
public enum SealingError: Error, Hashable, CustomStringConvertible {
  /// The model does not say how a photo becomes its input.
  case noPreprocessing
  /// The model does not take photos of this shape, or has several inputs or outputs.
  case input(found: [Int], expected: [Int])
  /// The number of outputs is not that of the names.
  case outputs(Int, names: Int)
  /// The outputs are values, not scores of classes.
  case noProbabilities
  /// What a `.keras` file cannot express.
  case keras(String)

  /// What was found and what was expected.
  public var description: String {
    switch self {
    case .noPreprocessing:
      "the model does not say how a photo becomes its input: set model.preprocessing, which fit on photos does"
    case .input(let found, let expected):
      "the model has inputs of shape \(found) and several of them or of its outputs; expected one photo \(expected) and one output"
    case .outputs(let count, let names):
      "the model has \(counted(count, "output")) and \(counted(names, "name")); expected a name for each output, or two for one"
    case .noProbabilities: "the outputs are values without names; expected classes, or numbers with names"
    case .keras(let problem): "a sealed .keras file is not possible: \(problem)"
    }
  }
}
