import Autograd
import Foundation
import ModelFormats
import NN
import Optim
import Serialization
import Tensor
import TestSupport
import Testing

/// Every layer on random options: what Keras computes in double precision, Kilim computes too. `draw_layers.py` draws the
/// options from the signatures of Keras's classes, and says how a layer is added.
///
/// Each layer is drawn a few times, and 20 times with `make test-draws`, which sets `KILIM_DRAWS=20`. `KILIM_DRAWN="Conv2D
/// Dense"` leaves out all other classes.
@Suite struct KerasDrawsTests {
  /// A line of `draws.json`.
  struct Draw: Decodable {
    let kind: String
    let number: Int
    let options: String
    /// The option that the reader must refuse; `nil` for a model that must be read.
    let refused: String?
    /// The number of inputs.
    let inputs: Int?
    /// Whether the layer is random in training, so that only inference can be compared.
    let isRandom: Bool?
    /// Whether a parameter has a constraint.
    let isConstrained: Bool?
  }

  /// A number of the draws is a sum of at most a hundred products, each rounded to 2⁻²⁴ of numbers not above the largest;
  /// some pass a function or a division by a deviation near 1 on the way, which add a few roundings.
  static let tolerance: Float = 100 * 0x1p-24

  @Test func outputsAndGradientsAreThoseOfKeras() throws {
    guard PythonEnvironment.hasKeras("newest") else {
      print("The draws are left out: \(PythonEnvironment.absence)")
      return
    }
    let folder = try TemporaryFolder()
    let script = fixturePath("draw_layers.py")
    let settings = ProcessInfo.processInfo.environment
    let kinds = settings["KILIM_DRAWN"]?.split(separator: " ").map(String.init) ?? []
    let (drew, message) = try PythonEnvironment.run(
      script, ["draw", folder.url.path, settings["KILIM_DRAWS"] ?? "4"] + kinds)
    try #require(drew, "\(message)")
    let table = try Data(contentsOf: folder.url.appending(path: "draws.json"))
    let draws = try JSONDecoder().decode([Draw].self, from: table)
    for (index, draw) in draws.enumerated() {
      do {
        for failure in try check(draw, at: folder.path("\(index)")) { report(draw, failure) }
      } catch {
        report(draw, "\(error)")
      }
    }
    let (passed, output) = try PythonEnvironment.run(script, ["check", folder.url.path])
    #expect(passed, "\(output)")
    #expect(!passed || output.contains("checked \(draws.count { $0.refused == nil }) draws"), "\(output)")
  }

  private func report(_ draw: Draw, _ failure: String) {
    Issue.record("\(draw.kind) \(draw.number) \(draw.options): \(failure)")
  }

  /// Compares one draw, and writes its model back.
  ///
  /// - Returns: the differences.
  private func check(_ draw: Draw, at path: String) throws -> [String] {
    if let option = draw.refused {
      let error = #expect(throws: ModelFileError.self, "\(draw.kind) \(draw.options)") {
        try KerasFile(contentsOf: path + ".keras")
      }
      return error.map { "\($0)".contains(option) ? [] : ["the refusal does not name \(option): \($0)"] } ?? []
    }
    let model = try KerasFile(contentsOf: path + ".keras").model
    let expected = try KerasFile(contentsOf: path + ".expected.keras").model
    try model.save(to: path + ".written.keras")
    let arrays = try NPZ(contentsOf: path + ".npz").tensors.mapValues(\.channelsFirst)
    func array(_ name: String) throws -> Tensor<Float> { try #require(arrays[name], "\(name)") }

    var failures: [String] = []
    func compare(_ what: String, _ found: Tensor<Float>?, _ expected: Tensor<Float>, largest: Float? = nil) {
      guard let found, found.shape == expected.shape else {
        let shape = found.map { "\($0.shape)" } ?? "missing"
        return failures.append("\(what) is \(shape), not \(expected.shape)")
      }
      let largest = max(largest ?? expected.largestMagnitude, .leastNormalMagnitude)
      let difference = (found - expected).largestMagnitude / largest
      if !(difference <= Self.tolerance) { failures.append("\(what) differs by \(difference) of the largest number") }
    }

    let inputs = try (0..<(draw.inputs ?? 1)).map { try array("input\($0)") }
    failures += try checkCopy(of: model, on: inputs)
    compare("the output in inference", model.outputs(of: inputs)[0], try array("inference"))

    let isRandom = draw.isRandom ?? false
    let context = Context(isRandom ? .inference : .training)
    let variables = inputs.map { Variable(tracking: $0) }
    let output = model.outputs(of: variables, context)[0]
    if !isRandom { compare("the output in training", output.value, try array("training")) }
    let penalty = model.penalty(context)
    if !isRandom { compare("the penalty", penalty?.value ?? Tensor(scalar: 0), try array("penalty")) }
    let product = (output * Variable(try array("upstream"))).sum()
    let gradients = (penalty.map { product + $0 } ?? product).gradients()

    let wanted =
      variables.indices.compactMap { index in
        arrays["gradient\(index)"].map { ("input \(index)", $0, variables[index]) }
      }
    let trained = isRandom ? [] : Array(zip(model.namedParameters, expected.parameters))
    let largest = (wanted.map { $0.1 } + trained.map { $0.1.value }).map(\.largestMagnitude).max()
    for (name, gradient, variable) in wanted {
      compare("the gradient of \(name)", gradients[variable], gradient, largest: largest)
    }
    for (own, gradient) in trained {
      compare("the gradient of \(own.name)", gradients[own.parameter], gradient.value, largest: largest)
    }
    if !isRandom {
      for (own, new) in zip(model.namedBuffers, expected.namedBuffers) {
        compare("\(own.name) after training", own.buffer.value, new.buffer.value)
      }
    }
    if draw.isConstrained ?? false {
      SGD(learningRate: 0.1).update(model.parameters, with: gradients)
      let moved = try KerasFile(contentsOf: path + ".step.keras").model
      for (own, expected) in zip(model.namedParameters, moved.parameters) {
        compare("\(own.name) after a step", own.parameter.value, expected.value)
      }
    }
    return failures
  }

  /// Compares a copy with its original, and changes all parameters of the copy: the original must stay as it is.
  private func checkCopy(of model: Model, on inputs: [Tensor<Float>]) throws -> [String] {
    let copy = try model.copy()
    var failures: [String] = []
    if try KerasFile(model: copy).bytes(for: "copy") != KerasFile(model: model).bytes(for: "copy") {
      failures.append("the copy is another model")
    }
    let before = model.state
    func call(_ model: Model) -> (output: Tensor<Float>, gradients: [Tensor<Float>?], state: [String: Tensor<Float>]) {
      let context = Context(.training, seed: 3)
      let output = model.outputs(of: inputs.map { Variable(tracking: $0) }, context)[0]
      let sum = output.squared().sum()
      let gradients = (model.penalty(context).map { sum + $0 } ?? sum).gradients()
      return (output.value, model.parameters.map { gradients[$0] }, model.state)
    }
    let found = call(copy)
    for parameter in copy.parameters { parameter.update { $0 += Tensor(ones: $0.shape) } }
    if model.state != before { failures.append("a change of the copy changes the model") }
    let original = try model.copy()
    let expected = call(original)
    if found.output != expected.output { failures.append("the output of the copy differs") }
    if found.gradients != expected.gradients { failures.append("a gradient of the copy differs") }
    if found.state != expected.state { failures.append("the statistics of the copy differ") }
    return failures
  }
}

extension Tensor<Float> {
  /// Images of Keras, `[N, H, W, C]`, as Kilim has them; all other tensors as they are.
  fileprivate var channelsFirst: Tensor {
    rank == 4 ? permuted([0, 3, 1, 2]) : rank == 5 ? permuted([0, 1, 4, 2, 3]) : self
  }

  /// The largest absolute value, NaN where there is one, 0 for an empty tensor.
  fileprivate var largestMagnitude: Float {
    scalars.reduce(0) { $1.isNaN || $0.isNaN ? .nan : Swift.max($0, $1.magnitude) }
  }
}
