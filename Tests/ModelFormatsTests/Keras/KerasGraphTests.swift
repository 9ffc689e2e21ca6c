import Autograd
import Foundation
import ModelFormats
import NN
import Optim
import Serialization
import Tensor
import TestSupport
import Testing

/// Networks that are no chains, made by Keras: `check_graphs.py`.
@Suite struct KerasGraphTests {
  static let networks =
    ["residual", "dense", "squeeze", "inception", "two", "flattened", "voxels", "twin", "nested", "again", "frozen"]
    + (0..<8).map { "drawn\($0)" }

  /// One process makes all: starting Keras takes longer than the networks.
  @Test func networksOfKerasAreReadTrainedAndWrittenBack() throws {
    guard PythonEnvironment.hasKeras("newest") else {
      print("The graphs are left out: \(PythonEnvironment.absence)")
      return
    }
    let folder = try TemporaryFolder()
    let script = fixturePath("check_graphs.py")
    let (made, message) = try PythonEnvironment.run(script, ["make", folder.url.path])
    try #require(made, "\(message)")
    for name in Self.networks {
      do {
        try check(name, in: folder)
      } catch {
        Issue.record("\(name): \(error)")
      }
    }
    for version in PythonEnvironment.kerasVersions where PythonEnvironment.hasKeras(version) {
      let (passed, output) = try PythonEnvironment.run(script, ["check", folder.url.path], keras: version)
      #expect(passed, "\(version): \(output)")
    }
  }

  private func check(_ name: String, in folder: TemporaryFolder) throws {
    let model = try Model(contentsOf: folder.path("\(name).keras"))
    let expected = try Model(contentsOf: folder.path("\(name).expected.keras"))
    let arrays = try NPZ(contentsOf: folder.path("\(name).npz")).tensors.mapValues(\.channelsFirst)
    func all(_ kind: String) -> [Tensor<Float>] { (0..<9).compactMap { arrays["\(kind)\($0)"] } }
    let (inputs, targets) = (all("input"), all("target"))
    let outputs = model.outputs(of: inputs)
    #expect(outputs.count == all("output").count)
    for (index, (found, output)) in zip(outputs, all("output")).enumerated() {
      #expect(deviation(found, from: output) <= 1e-5, "\(name): output \(index)")
    }

    try model.save(to: folder.path("\(name).written.keras"))
    try model.saveWeights(to: folder.path("\(name).weights.h5"))
    let same = try Model(contentsOf: folder.path("\(name).written.keras"))
    #expect(same.outputs(of: inputs) == outputs, "\(name) read again")
    for parameter in same.parameters { parameter.value = parameter.value * 0 }
    try same.loadWeights(from: folder.path("\(name).weights.h5"))
    #expect(same.outputs(of: inputs) == outputs, "\(name) with its weights")

    let losses = try #require(arrays["losses"]).scalars
    let optimizer = SGD(learningRate: 0.05)
    for (step, reference) in losses.enumerated() {
      let results = model.outputs(of: inputs.map { Variable($0) }, Context(.training))
      let terms = zip(results, targets).map { ($0 - Variable($1)).squared().mean() }
      let loss = terms.dropFirst().reduce(terms[0]) { $0 + $1 }
      let gradients = loss.gradients()
      // Each step adds its rounding to those before.
      #expect(abs(loss.value.scalar / reference - 1) < 1e-4, "\(name): loss \(step) \(loss.value.scalar) \(reference)")
      if step == 0 {
        let pairs = zip(model.namedParameters, expected.parameters).filter { $0.0.parameter.isTrainable }
        let largest = pairs.flatMap { $0.1.value.scalars.map(abs) }.max() ?? 0
        for (own, reference) in pairs {
          let gradient = try #require(gradients[own.parameter], "\(name): \(own.name)")
          let difference = (gradient - reference.value).scalars.map(abs).max() ?? 0
          #expect(difference <= 1e-4 * largest, "\(name): gradient of \(own.name) \(difference) of \(largest)")
        }
      }
      optimizer.update(model.parameters, with: gradients)
    }
    #expect(try (name == "frozen") == !Model(contentsOf: folder.path("\(name).written.keras")).isTrainable)
  }
}

extension Tensor<Float> {
  /// Images and volumes of Keras, which have the channels last, as Kilim has them; all other tensors as they are.
  fileprivate var channelsFirst: Tensor {
    rank == 5 ? permuted([0, 1, 4, 2, 3]) : rank == 4 ? permuted([0, 3, 1, 2]) : self
  }
}
