import Foundation
import Kilim
import TestSupport
import Testing

/// `--restart` removes all of the earlier training, and the network beside checkpoints is no model.
@Suite struct RestartTests {
  private let folder: TemporaryFolder
  private let photo: String

  init() throws {
    folder = try TemporaryFolder()
    photo = try folder.makePhotos("photos", classes: ["cat", "dog"], count: 8)[0]
    let model = try Sequential(input: [3, 16, 16], seed: 3) {
      Conv2D(4, kernelSize: 3, padding: .same, activation: .relu)
      GlobalAveragePool2D()
      Dense(5, activation: .softmax)
    }
    model.preprocessing = Preprocessing(imageSize: 16)
    try model.save(to: folder.path("backbone.keras"))
    let rows = ["cat", "dog"].flatMap { kind in (0..<8).map { "photos/\(kind)/\($0).jpg,\(100 + 10 * $0)" } }
    try (["file,price"] + rows).joined(separator: "\n").write(
      toFile: folder.path("prices.csv"), atomically: true, encoding: .utf8)
  }

  private func divar(_ arguments: [String]) throws -> DivarProcess {
    let run = try DivarProcess(arguments, in: folder.url)
    #expect(run.exitCode == 0, "\(run.errors)")
    return run
  }

  private var original: [String] {
    ["train", "--data", "photos", "--output", "run", "--epochs", "1", "--image-size", "16", "--quiet"]
  }
  private var onBackbone: [String] {
    ["train", "--data", "photos", "--output", "run", "--epochs", "1", "--backbone", "backbone.keras", "--quiet"]
  }

  @Test func aTrainingOnABackboneLeavesNoCheckpointsOfTheFormerOne() throws {
    _ = try divar(original)
    try "mine".write(toFile: folder.path("run/notes.txt"), atomically: false, encoding: .utf8)
    _ = try divar(onBackbone + ["--restart"])
    #expect(!folder.has("run/checkpoints") && folder.has("run/features.safetensors") && folder.has("run/examples.json"))
    let model = try Foundation.Data(contentsOf: URL(filePath: folder.path("run/model.keras")))
    try expectError(original + ["--resume"], "no checkpoints to continue from", folder: folder.url)
    #expect(try Foundation.Data(contentsOf: URL(filePath: folder.path("run/model.keras"))) == model)

    _ = try divar(original + ["--restart"])
    #expect(!folder.has("run/features.safetensors") && !folder.has("run/examples.json"))
    #expect(folder.has("run/checkpoints/network.keras"))
    #expect(try folder.text("run/notes.txt") == "mine")
  }

  @Test func filesOfOthersBesideCheckpointsStay() throws {
    _ = try divar(original)
    try "mine".write(toFile: folder.path("run/checkpoints/notes.txt"), atomically: false, encoding: .utf8)
    _ = try divar(onBackbone + ["--restart"])
    #expect(try folder.entries(in: "run/checkpoints").filter { !$0.hasPrefix(".") } == ["notes.txt"])
  }

  @Test func theNetworkBesideCheckpointsIsNoModel() throws {
    _ = try divar(original)
    let network = "run/checkpoints/network.keras"
    for arguments in [
      ["predict", network, photo], ["evaluate", network, "--data", "photos"], ["export", network, "x.onnx"],
      ["train", "--data", "photos", "--output", "new", "--backbone", network],
    ] {
      try expectError(arguments, network, "without trained weights", "run/checkpoints,", folder: folder.url)
    }
    _ = try divar(["summary", network])
    // Its layers are of use, and so are the checkpoints that need it.
    _ = try divar(["import", "run/checkpoints", "whole.keras"])
    _ = try divar(["export", "run", "weights.npz"])
    _ = try divar(["import", "weights.npz", "--into", network, "again.keras"])
    for name in ["whole.keras", "again.keras"] {
      #expect(try divar(["predict", name, photo]).output == divar(["predict", "run", photo]).output, "\(name)")
      #expect(try !Model(contentsOf: folder.path(name)).lacksTrainedWeights)
    }
    #expect(try !Model(contentsOf: folder.path("run/model.keras")).lacksTrainedWeights)
    _ = try divar(original.map { $0 == "1" ? "2" : $0 } + ["--resume"])
  }

  /// The network of a model of numbers knows what its outputs are.
  @Test func checkpointsOfNumbersPredictInTheirUnits() throws {
    let train = [
      "train", "--data", "prices.csv", "--number-columns", "price", "--output", "prices", "--epochs", "2",
      "--image-size", "16",
      "--quiet",
    ]
    _ = try divar(train)
    let network = try Model(contentsOf: folder.path("prices/checkpoints/network.keras"))
    guard case .numbers(["price"], _?) = network.targetMeaning else {
      Issue.record("\(String(describing: network.targetMeaning))")
      return
    }
    try FileManager.default.removeItem(atPath: folder.path("prices/model.keras"))
    let answer = try divar(["predict", "prices", photo])
    let value = try #require(answer.output.firstMatch(of: /price (-?[0-9.]+)/).flatMap { Double($0.1) })
    #expect(value > 50 && value < 250, "\(answer.output)")
    _ = try divar(train.map { $0 == "2" ? "3" : $0 } + ["--resume"])
  }
}
