import Foundation
import Kilim
import TestSupport
import Testing

/// A model that is no chain of layers, in the commands that take a model.
@Suite struct GraphModelTests {
  private let folder: TemporaryFolder
  private let photo: String

  init() throws {
    folder = try TemporaryFolder()
    photo = try folder.makePhotos("photos", classes: ["cat", "dog"])[0]
  }

  private func probabilities(_ model: String) throws -> [String: Double] {
    let run = try DivarProcess(["predict", "--json", model, photo, "--classes", "cat,dog"])
    try #require(run.exitCode == 0, "\(run.errors)")
    let object = try JSONSerialization.jsonObject(with: Foundation.Data(run.output.utf8)) as? [String: Any]
    return try #require(object?["probabilities"] as? [String: Double])
  }

  @Test func predictsWhatTheSameNetworkAsAChainPredicts() throws {
    let image = Input([3, 16, 16])
    let sum = Conv2D(3, kernelSize: 3, padding: .same, activation: .relu)(image) + image
    let graph = try Model(input: image, output: Dense(2, activation: .softmax)(GlobalAveragePool2D()(sum)), seed: 4)
    let chain = try Sequential(input: [3, 16, 16]) {
      Residual { Conv2D(3, kernelSize: 3, padding: .same, activation: .relu) }
      GlobalAveragePool2D()
      Dense(2, activation: .softmax)
    }
    for (own, other) in zip(chain.parameters, graph.parameters) { own.value = other.value }
    try graph.save(to: folder.path("graph.keras"))
    try chain.save(to: folder.path("chain.keras"))
    let found = try probabilities(folder.path("graph.keras"))
    #expect(abs(found.values.reduce(0, +) - 1) < 1e-6)
    let expected = try probabilities(folder.path("chain.keras"))
    #expect(try abs(#require(found["cat"]) - #require(expected["cat"])) < 1e-6)

    let summary = try DivarProcess(["summary", folder.path("graph.keras")])
    #expect(summary.exitCode == 0 && summary.output.contains("add"), "\(summary.errors)")
    let evaluation = try DivarProcess(
      ["evaluate", folder.path("graph.keras"), "--data", folder.path("photos"), "--classes", "cat,dog"])
    #expect(evaluation.exitCode == 0 && evaluation.output.contains("weighted avg"), "\(evaluation.errors)")
  }
}
