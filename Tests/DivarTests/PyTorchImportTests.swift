import Foundation
import Kilim
import TestSupport
import Testing

/// `divar import` of a file of PyTorch into a known network.
@Suite struct PyTorchImportTests {
  private let folder: TemporaryFolder
  private let network: Model
  private var weights: String { folder.path("lite.pth") }

  init() throws {
    folder = try TemporaryFolder()
    network = try Model.efficientNetLite(.lite0, classes: 2, seed: 3)
    let names = ["scale": "weight", "shift": "bias", "runningMean": "running_mean", "runningVariance": "running_var"]
    let tensors = network.state.sorted { $0.key < $1.key }.map { name, tensor in
      let parts = name.split(separator: ".").map(String.init)
      return (
        name: "\(parts[0]).\(names[parts[1]] ?? parts[1])", tensor: name == "fc.weight" ? tensor.transposed() : tensor
      )
    }
    try writeAtomically(pyTorchFile(of: tensors), to: weights)
  }

  @Test func theModelHasWeightsNamesAndPreprocessing() throws {
    let output = folder.path("lite.keras")
    let run = try DivarProcess([
      "import", weights, "--network", "efficientnet-lite0", "--classes", "cat,dog", "--output", output,
    ])
    #expect(run.exitCode == 0 && run.errors.isEmpty, "\(run.errors)")
    let model = try Model(contentsOf: output)
    #expect(model.state == network.state)
    #expect(model.classes == ["cat", "dog"])
    let preprocessing = try #require(model.preprocessing)
    #expect(preprocessing.normalization == Normalization(mean: [127, 127, 127], deviation: [128, 128, 128]))
    #expect(preprocessing.imageSize == 224 && preprocessing.scale == 1 && preprocessing.colours == .rgb)
    let photo = Image(width: 40, height: 30, pixels: (0..<3600).map { UInt8($0 % 251) })
    try writeAtomically(photo.png(), to: folder.path("photo.png"))
    let answer = try DivarProcess(["predict", output, folder.path("photo.png")])
    #expect(answer.exitCode == 0 && answer.output.contains("cat") && answer.output.contains("dog"), "\(answer.errors)")
  }

  @Test func whatDoesNotFitIsReported() throws {
    let cases: [([String], [String])] = [
      (["--network", "efficientnet-lite0"], ["lite.pth", "fc.", "[2"]),
      (["--network", "nonet"], ["nonet", "EfficientNet-Lite0", "torchvision-ResNet50"]),
      (["--network", "efficientnet-lite0", "--into", weights], ["--into", "--network"]),
      (["--network", "torchvision-resnet18", "--classes", "a,b"], ["lite.pth", "torchvision-resnet18"]),
      ([], ["lite.pth", "PyTorch", "--network"]),
    ]
    for (options, words) in cases {
      let run = try DivarProcess(["import", weights, "--output", folder.path("x.keras")] + options)
      #expect(run.exitCode != 0)
      for word in words { #expect(run.errors.contains(word), "\(options): \(run.errors)") }
    }
    #expect(!folder.has("x.keras"))
  }
}
