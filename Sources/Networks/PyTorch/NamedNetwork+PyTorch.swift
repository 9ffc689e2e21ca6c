import NN
import Tensor

extension NamedNetwork {
  /// The networks whose layers have the names of PyTorch.
  static let pyTorch = efficientNetLites + torchVision

  private static let efficientNetLites = EfficientNetLite.allCases.map { size in
    NamedNetwork("EfficientNet-L\(size.rawValue.dropFirst())", size.imageSize, .centred) {
      try .efficientNetLite(size, inputShape: $0, classes: $1, head: $2, seed: $3)
    }
  }

  private static let torchVision = [
    torchVision("ResNet18") { try TorchVision.resNet18(inputShape: $0, classes: $1, head: $2, seed: $3) },
    torchVision("ResNet34") { try TorchVision.resNet34(inputShape: $0, classes: $1, head: $2, seed: $3) },
    torchVision("ResNet50") { try TorchVision.resNet50(inputShape: $0, classes: $1, head: $2, seed: $3) },
    torchVision("ResNet101") { try TorchVision.resNet101(inputShape: $0, classes: $1, head: $2, seed: $3) },
    torchVision("ResNet152") { try TorchVision.resNet152(inputShape: $0, classes: $1, head: $2, seed: $3) },
    torchVision("MobileNetV2") { try TorchVision.mobileNetV2(inputShape: $0, classes: $1, head: $2, seed: $3) },
  ]

  /// All of torchvision's networks take photos of one size on one scale.
  private static func torchVision(
    _ name: String, make: @escaping @Sendable (Shape, Int, NetworkHead, UInt64) throws -> Model
  ) -> NamedNetwork {
    NamedNetwork("torchvision-\(name)", 224, .standardized, make: make)
  }
}
