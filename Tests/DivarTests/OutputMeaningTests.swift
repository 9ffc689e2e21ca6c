import Foundation
import Kilim
import TestSupport
import Testing

/// What the outputs of a model from elsewhere mean: logits, and one output for two classes.
@Suite struct OutputMeaningTests {
  private let folder: TemporaryFolder
  private let photo: String

  init() throws {
    folder = try TemporaryFolder()
    photo = try folder.makePhotos("photos", classes: ["cat", "dog"])[0]
  }

  /// A model whose outputs are far from 0 to 1 unless its last layer brings them there.
  private func network(outputs: Int, _ activation: Activation) throws -> Sequential {
    let model = try Sequential(input: [3, 16, 16], seed: 4) {
      Flatten()
      Dense(outputs, activation: activation)
    }
    try model.load(state: model.state.mapValues { $0 * 20 })
    return model
  }

  private func probabilities(_ arguments: String...) throws -> [String: Double] {
    let run = try DivarProcess(["predict", "--json"] + arguments)
    try #require(run.exitCode == 0, "\(run.errors)")
    let object = try JSONSerialization.jsonObject(with: Foundation.Data(run.output.utf8)) as? [String: Any]
    return try #require(object?["probabilities"] as? [String: Double])
  }

  @Test func logitsBecomeProbabilities() throws {
    let model = folder.path("logits.keras")
    try network(outputs: 2, .linear).save(to: model)
    try expectError(
      ["predict", model, photo, "--classes", "cat,dog"], "ends without softmax or sigmoid", "--outputs logits")
    let told = try probabilities(model, photo, "--classes", "cat,dog", "--outputs", "logits")
    #expect(abs(told.values.reduce(0, +) - 1) < 1e-5)
    // The same model with a softmax says the same.
    let softmax = folder.path("softmax.keras")
    try network(outputs: 2, .softmax).save(to: softmax)
    let expected = try probabilities(softmax, photo, "--classes", "cat,dog")
    #expect(try abs(#require(told["cat"]) - #require(expected["cat"])) < 1e-5)

    // Where the file was compiled with a loss from logits, nobody has to say it.
    let compiled = folder.path("compiled.keras")
    let training = KerasTraining(optimizer: Adam(), loss: CategoricalCrossEntropy(fromLogits: true))
    try KerasFile(model: network(outputs: 2, .linear), training: training).write(to: compiled)
    #expect(try probabilities(compiled, photo, "--classes", "cat,dog") == told)

    let losses = try [[model, "--outputs", "logits"], [softmax], [compiled]].map { arguments in
      let run = try DivarProcess(
        ["evaluate"] + arguments + ["--data", folder.path("photos"), "--classes", "cat,dog"])
      try #require(run.exitCode == 0, "\(run.errors)")
      return run.output
    }
    #expect(losses[0] == losses[2] && losses[0].contains("weighted avg"))
  }

  /// A second softmax would bring the probabilities closer together.
  @Test(arguments: [(2, Activation.softmax), (1, .sigmoid)])
  func probabilitiesAreNoLogits(outputs: Int, activation: Activation) throws {
    let model = folder.path("model.keras")
    try network(outputs: outputs, activation).save(to: model)
    let expected = try probabilities(model, photo, "--classes", "cat,dog")
    let reason = ["it ends in a softmax or a sigmoid", "leave out --outputs logits"]
    let options = ["--classes", "cat,dog", "--outputs", "logits"]
    try expectError(["predict", model, photo] + options, reason[0], reason[1])
    try expectError(["evaluate", model, "--data", folder.path("photos")] + options, reason[0], reason[1])
    try expectError(["import", model, "--output", folder.path("new.keras")] + options, reason[0], reason[1])
    // A file of Keras whose loss is from logits, though the model ends in probabilities: Keras predicts them as they are.
    let compiled = folder.path("compiled.keras")
    let loss: any Loss =
      outputs == 1 ? BinaryCrossEntropy(fromLogits: true) : CategoricalCrossEntropy(fromLogits: true)
    let training = KerasTraining(optimizer: Adam(), loss: loss)
    try KerasFile(model: network(outputs: outputs, activation), training: training).write(to: compiled)
    #expect(try probabilities(compiled, photo, "--classes", "cat,dog") == expected)
  }

  @Test func oneOutputTellsTwoClassesApart() throws {
    let model = folder.path("binary.keras")
    try network(outputs: 1, .sigmoid).save(to: model)
    let answer = try probabilities(model, photo, "--classes", "cat,dog")
    #expect(answer.count == 2 && abs(answer.values.reduce(0, +) - 1) < 1e-5)
    try expectError(["predict", model, photo, "--classes", "cat"], "1 output", "1 class name")
    let run = try DivarProcess(["evaluate", model, "--data", folder.path("photos"), "--classes", "cat,dog"])
    #expect(run.exitCode == 0 && run.output.contains("weighted avg"), "\(run.errors)")
    let kept = folder.path("kept.keras")
    #expect(try DivarProcess(["import", model, "--classes", "cat,dog", "--output", kept]).exitCode == 0)
    #expect(try probabilities(kept, photo) == answer)
  }
}
