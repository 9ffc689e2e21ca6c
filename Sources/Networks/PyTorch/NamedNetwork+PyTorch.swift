import NN

extension NamedNetwork {
  /// The networks whose layers have the names of PyTorch.
  static let pyTorch = efficientNetLites + torchVision

  private static let efficientNetLites = EfficientNetLite.allCases.map { size in
    NamedNetwork("EfficientNet-L\(size.rawValue.dropFirst())", size.imageSize, .centred) {
      try .efficientNetLite(size, inputShape: $0, classes: $1, head: $2, seed: $3)
    }
  }

  private static let torchVision = [
    NamedNetwork("torchvision-ResNet18", 224, .standardized) {
      try TorchVision.resNet18(inputShape: $0, classes: $1, head: $2, seed: $3)
    },
    NamedNetwork("torchvision-ResNet34", 224, .standardized) {
      try TorchVision.resNet34(inputShape: $0, classes: $1, head: $2, seed: $3)
    },
    NamedNetwork("torchvision-ResNet50", 224, .standardized) {
      try TorchVision.resNet50(inputShape: $0, classes: $1, head: $2, seed: $3)
    },
    NamedNetwork("torchvision-ResNet101", 224, .standardized) {
      try TorchVision.resNet101(inputShape: $0, classes: $1, head: $2, seed: $3)
    },
    NamedNetwork("torchvision-ResNet152", 224, .standardized) {
      try TorchVision.resNet152(inputShape: $0, classes: $1, head: $2, seed: $3)
    },
    NamedNetwork("torchvision-MobileNetV2", 224, .standardized) {
      try TorchVision.mobileNetV2(inputShape: $0, classes: $1, head: $2, seed: $3)
    },
  ]
}
