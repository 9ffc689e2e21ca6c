import Autograd
import Foundation
import ModelFormats
import NN
import Optim
import Serialization
import Tensor
import TestSupport

/// Holds a network against Keras: see `networks.py` for the files.
struct NetworkCheck {
  private let network: KerasNetwork
  private let files: String
  private let output: String
  private let arrays: [String: Tensor<Float>]
  private let numbers: Numbers

  private struct Numbers: Decodable {
    let loss: Double
    let parameters: Int
    let multiplyAdds: Int
    let rounding: NetworkReport.Rounding
  }

  private struct Differences: Decodable {
    let keras: Float
    let onnx: Float?
  }

  /// Why a check could not be made.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// - Parameters:
  ///   - network: which one.
  ///   - files: the folder of what Keras made; it is made there where it is missing.
  ///   - output: the folder for what Kilim writes.
  init(_ network: KerasNetwork, files: String, output: String) throws {
    (self.network, self.files, self.output) = (network, files, output)
    let base = "\(files)/\(network.name)"
    if !FileManager.default.fileExists(atPath: "\(base).json") {
      try Self.run("make", network.name, "\(network.side)", "1000", files)
    }
    arrays = try NPZ(contentsOf: "\(base).npz").tensors
    numbers = try JSONDecoder().decode(Numbers.self, from: Data(contentsOf: URL(filePath: "\(base).json")))
  }

  @discardableResult
  private static func run(_ arguments: String...) throws -> String {
    let script = Bundle.module.bundleURL.appending(path: "Fixtures/networks.py").path
    let (succeeded, text) = try PythonEnvironment.run(script, arguments, packages: .tensorFlow)
    guard succeeded else { throw Failure(description: "networks.py \(arguments.joined(separator: " ")): \(text)") }
    return text
  }

  /// Makes all comparisons.
  func report() throws -> NetworkReport {
    let path = "\(files)/\(network.name)"
    var report = NetworkReport(
      network: network, parameters: numbers.parameters, multiplyAdds: numbers.multiplyAdds,
      rounding: numbers.rounding)
    let input = try array("input").permuted([0, 3, 1, 2])
    var opened: Model?
    report.opening = try OpeningCost(of: "\(path).keras") { opened = try Model(contentsOf: "\(path).keras") }
    guard let model = opened else { throw Failure(description: "it was not opened") }
    report.hasSameCounts =
      parameterCount(of: model) == numbers.parameters
      && model.multiplyAdds(inputShapes: model.inputShapes, outputShapes: model.outputShapes) == numbers.multiplyAdds
    let found = model(input)
    report.prediction = difference(found, from: try array("output"))

    let written = "\(output)/\(network.name)"
    try model.save(to: "\(written).written.keras")
    let same = try Model(contentsOf: "\(written).written.keras")
    report.isSameWhenReadAgain = isSame(same(input), found)
    let trained = try array("trained_output")
    let loaded = try Model(contentsOf: "\(path).keras")
    for (kind, ending) in [("legacy", ".legacy.h5"), ("weights", ".weights.h5")] {
      attempt(&report) {
        try loaded.loadWeights(from: path + ending)
        $0.afterLoading[kind] = difference(loaded(input), from: trained)
      }
    }
    attempt(&report) {
      try loaded.loadWeights(from: path + ".after.weights.h5")
      try compareTraining(expected: loaded, input, &$0)
    }
    attempt(&report) { _ in try model.exportONNX(to: "\(written).onnx") }
    attempt(&report) { try compareWithPython(&$0) }
    return report
  }

  /// The number of parameters and running statistics. Statistics that a layer was made with are options.
  private func parameterCount(of model: Model) -> Int {
    let given = model.layers.compactMap { $0 as? DataNorm }.filter { $0.given != nil }
    return model.parameterCount + model.bufferCount - given.reduce(0) { $0 + $1.bufferCount }
  }

  private func attempt(_ report: inout NetworkReport, _ body: (inout NetworkReport) throws -> Void) {
    do { try body(&report) } catch { report.errors.append("\(error)") }
  }

  /// One step of training from the same state.
  private func compareTraining(expected: Model, _ input: Tensor<Float>, _ report: inout NetworkReport) throws {
    let file = try KerasFile(contentsOf: "\(files)/\(network.name).keras")
    guard let training = file.training else { throw Failure(description: "it says nothing about training") }
    let before = file.model.state
    let context = Context(
      appliesDropout: false, usesBatchStatistics: true, recordsGradients: true, generator: RandomGenerator(seed: 0))
    let loss = training.loss(file.model(Variable(input), context), try array("target"))
    training.optimizer.update(file.model.parameters, with: loss.gradients())
    report.loss = Float(abs(Double(loss.value.scalar) / numbers.loss - 1))
    report.step = StepDifference(found: file.model.state, expected: expected.state, before: before)
  }

  /// Keras opens what was written, and onnxruntime the ONNX file.
  private func compareWithPython(_ report: inout NetworkReport) throws {
    let text = try Self.run("check", network.name, files, output)
    let line = text.split(separator: "\n").last { $0.hasPrefix("{") } ?? ""
    let differences = try JSONDecoder().decode(Differences.self, from: Data(line.utf8))
    report.inKeras = differences.keras
    report.inONNX = differences.onnx ?? .infinity
  }

  private func array(_ name: String) throws -> Tensor<Float> {
    guard let array = arrays[name] else { throw Failure(description: "networks.py made no \(name)") }
    return array
  }

  /// The largest difference of two batches of probabilities, relative to the largest probability.
  private func difference(_ found: Tensor<Float>, from expected: Tensor<Float>) -> Float {
    guard found.shape == expected.shape else { return .infinity }
    return (found - expected).scalars.map(abs).max().map { $0 / (expected.scalars.max() ?? 1) } ?? .infinity
  }
}
