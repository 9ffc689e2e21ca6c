import Foundation
import Serialization
import Tensor
import TestSupport
import Testing
import Training

/// A checkpoint that somebody has made by hand, with a checksum that is right, never ends the process.
@Suite struct HostileCheckpointTests {
  private let folder: TemporaryFolder
  private let run = SmallRun()
  private let checkpoints: Checkpoints
  private let content: Safetensors

  init() throws {
    folder = try TemporaryFolder()
    checkpoints = Checkpoints(folder.path("run"), keepLast: 1, keepBest: nil)
    _ = try run(checkpoints, callbacks: [EndAfter(.pause, batches: 5)])
    content = try Safetensors(contentsOf: #require(checkpoints.newest))
  }

  private static let values: [(key: String, old: String, new: String)] = [
    ("progress", "\"epoch\":1", "\"epoch\":9223372036854775807"),
    ("progress", "\"epoch\":1", "\"epoch\":-1"),
    ("progress", "\"batch\":2", "\"batch\":4"),
    ("progress", "\"batch\":2", "\"batch\":-1"),
    ("progress", "\"epoch\":0", "\"epoch\":7"),
    ("progress", "\"firstEpoch\":0", "\"firstEpoch\":9223372036854775807"),
    ("progress", "\"firstEpoch\":0", "\"firstEpoch\":-1"),
    ("progress", "\"earlierEpochs\":0", "\"earlierEpochs\":-1"),
    ("progress", "\"earlierEpochs\":0", "\"earlierEpochs\":9223372036854775807"),
    ("generator", "\"position\":", "\"position\":18446744073709551615,\"x\":"),
    ("optimizerSteps", "5", "9223372036854775807"),
    ("optimizerSteps", "5", "-5"),
    ("meanLoss", "\"count\":16", "\"count\":9223372036854775807"),
    ("learningRate", "\"steps\":4", "\"steps\":0"),
    ("learningRate", "\"from\":0.02", "\"from\":-1"),
    ("metric.0", "{", "["),
    ("run", "{", ""),
    ("callbacks", "[]", "[\"EarlyStopping\"]"),
  ]

  @Test(arguments: values.indices)
  func aValueOutOfRange(number: Int) throws {
    let (key, old, new) = Self.values[number]
    var changed = content
    let text = try #require(changed.metadata[key])
    try #require(text.contains(old), "\(key): \(text)")
    changed.metadata[key] = text.replacing(old, with: new, maxReplacements: 1)
    try expectUnusable(changed)
  }

  @Test func aTensorThatIsMissingOrOfAnotherShape() throws {
    for name in ["model.dense.weight", "optimizer.velocity.dense.weight"] {
      var changed = content
      changed.tensors[name] = nil
      try expectUnusable(changed)
      changed.tensors[name] = Tensor(zeros: [1])
      try expectUnusable(changed)
    }
    var changed = content
    changed.tensors["model.unknown"] = Tensor(zeros: [1])
    try expectUnusable(changed)
  }

  @Test func anotherFormat() throws {
    var changed = content
    changed.metadata["format"] = "kilim checkpoint 2"
    try write(changed)
    let error = #expect(throws: CheckpointError.self) { try run(checkpoints) }
    #expect("\(try #require(error))".contains("kilim checkpoint 2 is not supported; expected kilim checkpoint 1"))
  }

  @Test func aFileThatIsFarTooLarge() throws {
    let path = try #require(checkpoints.newest)
    truncate(path, 1 << 40)
    let error = #expect(throws: CheckpointError.self) { try run(checkpoints) }
    #expect("\(try #require(error))".contains("it holds 1099511627776 bytes, and at most"))
  }

  /// Expects an error that names the file, and a model that is as before.
  private func expectUnusable(_ changed: Safetensors) throws {
    try write(changed)
    let error = #expect(throws: CheckpointError.self) { try run(checkpoints) }
    guard case .unusable(let path, _) = try #require(error) else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(path == checkpoints.newest)
  }

  /// Writes the file with the checksum that the reader names.
  private func write(_ changed: Safetensors) throws {
    let path = try #require(checkpoints.newest)
    try changed.write(to: path)
    let error = #expect(throws: ModelFileError.self) { try run.model().load(checkpoint: path) }
    guard case .damaged(let text) = try #require(error).problem, let checksum = text.split(separator: " ").last else {
      Issue.record("\(String(describing: error))")
      return
    }
    var sealed = changed
    sealed.metadata["checksum"] = String(checksum)
    try sealed.write(to: path)
  }
}
