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
    resNets,
    [torchVision("MobileNetV2") { try TorchVision.mobileNetV2(inputShape: $0, classes: $1, head: $2, seed: $3) }],
    mobileNetsV3, denseNets, vggs, convNeXts, efficientNets,
  ].flatMap(\.self)

  private static let resNets = [
    torchVision("ResNet18") { try TorchVision.resNet18(inputShape: $0, classes: $1, head: $2, seed: $3) },
    torchVision("ResNet34") { try TorchVision.resNet34(inputShape: $0, classes: $1, head: $2, seed: $3) },
    torchVision("ResNet50") { try TorchVision.resNet50(inputShape: $0, classes: $1, head: $2, seed: $3) },
    torchVision("ResNet101") { try TorchVision.resNet101(inputShape: $0, classes: $1, head: $2, seed: $3) },
    torchVision("ResNet152") { try TorchVision.resNet152(inputShape: $0, classes: $1, head: $2, seed: $3) },
  ]

  private static let mobileNetsV3 = Model.MobileNetV3Size.allCases.map { size in
    NamedNetwork("torchvision-MobileNetV3\(size == .small ? "Small" : "Large")", 224, .standardized) {
      try TorchVision.mobileNetV3(
        size, inputShape: $0, classes: $1, epsilon: $4 ?? 1e-3, head: $2, seed: $3)
    }
  }

  private static let denseNets = TorchVision.DenseNetDepth.allCases.map { depth in
    torchVision("DenseNet\(depth.rawValue)") {
      try TorchVision.denseNet(depth, inputShape: $0, classes: $1, head: $2, seed: $3)
    }
  }

  private static let vggs = [false, true].flatMap { isNormalized in
    TorchVision.VGGDepth.allCases.map { depth in
      torchVision("VGG\(depth.rawValue)" + (isNormalized ? "BN" : "")) {
        try TorchVision.vgg(
          depth, isNormalized: isNormalized, inputShape: $0, classes: $1, head: $2, seed: $3)
      }
    }
  }

  private static let convNeXts = Model.ConvNeXtSize.allCases.map { size in
    torchVision("ConvNeXt\(size.name)") {
      try TorchVision.convNeXt(size, inputShape: $0, classes: $1, head: $2, seed: $3)
    }
  }

  private static let efficientNets = Model.EfficientNetSize.allCases.map { size in
    torchVision("EfficientNet\(size.rawValue.uppercased())", TorchVision.imageSize(size)) {
      try TorchVision.efficientNet(size, inputShape: $0, classes: $1, head: $2, seed: $3)
    }
  }

  /// All of torchvision's networks take photos on one scale.
  private static func torchVision(
    _ name: String, _ imageSize: Int = 224, make: @escaping @Sendable (Shape, Int, NetworkHead, UInt64) throws -> Model
  ) -> NamedNetwork {
    NamedNetwork("torchvision-\(name)", imageSize, .standardized, make: make)
  }
}
