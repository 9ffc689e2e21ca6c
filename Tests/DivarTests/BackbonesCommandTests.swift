import Foundation
import Kilim
import TestSupport
import Testing

/// `divar backbones`, and the weights that `divar import` names.
@Suite struct BackbonesCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test func networksAreListedWithTheirWeights() throws {
    let run = try DivarProcess(["backbones"])
    #expect(run.exitCode == 0, "\(run.errors)")
    for network in NamedNetwork.all { #expect(run.output.contains("\(network.name) "), "\(network.name)") }
    for text in [
      "IMAGENET1K_V2, IMAGENET1K_V1", "timm resnet50.a1_in1k", "keras imagenet", "torch.save", "pip download",
    ] {
      #expect(run.output.contains(text), "\(text)")
    }
  }

  /// A state dict is recognized, imported with the photos of its weights, and checked again as a model.
  @Test func weightsAreRecognized() throws {
    try writeWeights(of: TorchVision.resNet18(classes: 3, seed: 2))
    let check = try DivarProcess(["backbones", "net.pth"], in: folder.url)
    #expect(check.exitCode == 0 && check.output.contains("network: torchvision-ResNet18"), "\(check.errors)")
    #expect(check.output.contains("torchvision IMAGENET1K_V1, or timm resnet18.a1_in1k"), "\(check.output)")

    let start = ["import", "net.pth", "--network", "torchvision-resnet18", "--classes", "a,b,c"]
    let run = try DivarProcess(start + ["--output", "net.keras"], in: folder.url)
    #expect(run.exitCode == 0 && run.errors.contains("--weights"), "\(run.errors)")
    let model = try Model(contentsOf: folder.path("net.keras"))
    #expect(model.preprocessing == Preprocessing(for: try NamedNetwork("torchvision-resnet18").weights[0]))
    #expect(model.preprocessing?.cropShare == 0.875 && model.preprocessing?.framing == .cropToFill)
    let whole = try DivarProcess(["backbones", "net.keras"], in: folder.url)
    for text in ["torchvision-ResNet18, torchvision IMAGENET1K_V1", "512 numbers", "a, b, c", "0.875"] {
      #expect(whole.output.contains(text), "\(text): \(whole.output)\(whole.errors)")
    }

    let timm = try DivarProcess(start + ["--weights", "timm", "--output", "timm.keras"], in: folder.url)
    #expect(timm.exitCode == 0 && timm.errors.isEmpty, "\(timm.errors)")
    #expect(try Model(contentsOf: folder.path("timm.keras")).preprocessing?.cropShare == 0.95)
    try expectError(start + ["--weights", "V9", "--output", "x.keras"], "V9", "IMAGENET1K_V1", folder: folder.url)
  }

  /// Writes the weights of a network as torchvision names them.
  private func writeWeights(of network: Model) throws {
    let names = ["scale": "weight", "shift": "bias", "runningMean": "running_mean", "runningVariance": "running_var"]
    let tensors = network.state.sorted { $0.key < $1.key }.map { name, tensor in
      let parts = name.split(separator: ".").map(String.init)
      return (
        name: "\(parts[0].replacing("_", with: ".")).\(names[parts[1]] ?? parts[1])",
        tensor: tensor.rank == 2 ? tensor.transposed() : tensor
      )
    }
    try writeAtomically(pyTorchFile(of: tensors), to: folder.path("net.pth"))
  }

  /// No file of weights says the ε of the normalizations, in which timm and torchvision differ here.
  @Test func theNetworkIsMadeForItsWeights() throws {
    try writeWeights(of: TorchVision.mobileNetV3(.small, inputShape: [3, 32, 32], classes: 3, seed: 2))
    let start = ["import", "net.pth", "--network", "torchvision-mobilenetv3small", "--classes", "a,b,c"]
    for (choice, epsilon) in [([], 1e-3), (["--weights", "timm"], 1e-5)] as [([String], Float)] {
      let output = "net\(choice.count).keras"
      let run = try DivarProcess(start + choice + ["--output", output], in: folder.url)
      #expect(run.exitCode == 0, "\(run.errors)")
      let norms = try Model(contentsOf: folder.path(output)).layers.compactMap { ($0 as? BatchNorm)?.epsilon }
      #expect(Set(norms) == [epsilon])
    }
  }

  @Test func theFolderOfATrainingIsABackbone() throws {
    let model = try Sequential(input: [3, 8, 8]) {
      Conv2D(4, kernelSize: 3)
      GlobalAveragePool2D()
      Dense(2, activation: .softmax)
    }
    model.classes = ["cat", "dog"]
    try FileManager.default.createDirectory(atPath: folder.path("run"), withIntermediateDirectories: false)
    try model.save(to: folder.path("run/model.keras"))
    let run = try DivarProcess(["backbones", "run"], in: folder.url)
    #expect(run.exitCode == 0 && run.output.contains("run/model.keras: "), "\(run.errors)")
    #expect(run.output.contains("cat, dog"), "\(run.output)")
  }

  @Test func whatIsNoBackboneIsReported() throws {
    try Safetensors(tensors: ["w": Tensor(zeros: [2])]).write(to: folder.path("w.safetensors"))
    try expectError(["backbones", "w.safetensors"], "w.safetensors", "1 tensor", folder: folder.url)
    try writeAtomically(Array("notes".utf8), to: folder.path("notes.txt"))
    try expectError(["backbones", "notes.txt"], "notes.txt", "unknown format", folder: folder.url)
    try expectError(["backbones", "missing.pth"], "missing.pth", folder: folder.url)
    try expectError(["import", "w.safetensors", "x.keras", "--weights", "timm"], "--network", folder: folder.url)
  }
}
