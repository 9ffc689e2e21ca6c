import Tensor

/// The names of the library timm for networks that torchvision has too.
///
/// ```swift
/// let model = try TorchVision.convNeXt(.tiny)
/// let file = try PyTorchFile(contentsOf: "convnext_tiny.safetensors")
/// try model.load(pyTorch: TimmNames.translated(file.tensors))
/// ```
///
/// ResNet and DenseNet have the same names in both libraries.
public enum TimmNames {
  /// A state dict of timm with the names of the networks here: those of ``TorchVision``, and for EfficientNet-Lite those of
  /// ``NN/Model/efficientNetLite(_:inputShape:classes:head:seed:)``.
  ///
  /// Which network it is, its names and shapes say. A state dict that is none of timm's ConvNeXt, EfficientNet, EfficientNet-Lite,
  /// MobileNetV2, MobileNetV3 and VGG comes back as it is.
  public static func translated(_ tensors: [String: Tensor<Float>]) -> [String: Tensor<Float>] {
    let rename: (String) -> String
    if tensors["conv_stem.weight"] != nil, tensors["blocks.0.0.conv_dw.weight"] != nil {
      rename = MobileNames(tensors).renamed
    } else if tensors["stem.0.weight"] != nil, tensors["stages.0.blocks.0.conv_dw.weight"] != nil {
      rename = convNeXt
    } else if tensors["pre_logits.fc1.weight"] != nil {
      rename = vgg
    } else {
      return tensors
    }
    var renamed: [String: Tensor<Float>] = [:]
    for (name, tensor) in tensors {
      // A window as large as the image is a linear layer.
      let isLinear = name.hasPrefix("pre_logits.") && tensor.shape.rank == 4
      renamed[rename(name)] = isLinear ? tensor.reshaped(to: [tensor.shape[0], -1]) : tensor
    }
    // Two names that become one are no network that is known here.
    return renamed.count == tensors.count ? renamed : tensors
  }

  private static func convNeXt(_ name: String) -> String {
    let parts = name.split(separator: ".").map(String.init)
    switch parts.first {
    case "stem": return name.replacing("stem", with: "features.0", maxReplacements: 1)
    case "stages":
      guard parts.count > 4, let stage = Int(parts[1]) else { return name }
      if parts[2] == "downsample" { return (["features.\(2 * stage)"] + parts[3...]).joined(separator: ".") }
      let block = "features.\(2 * stage + 1).\(parts[3])"
      let rest = parts[4...].joined(separator: ".")
      if rest == "gamma" { return "\(block).layer_scale" }
      let names = ["conv_dw": "block.0", "norm": "block.2", "mlp.fc1": "block.3", "mlp.fc2": "block.5"]
      return names.lazy.filter { rest.hasPrefix("\($0.key).") }.first
        .map { "\(block).\($0.value)\(rest.dropFirst($0.key.count))" } ?? name
    default: return replaced(name, ["head.norm": "classifier.0", "head.fc": "classifier.2"])
    }
  }

  private static func vgg(_ name: String) -> String {
    replaced(name, ["pre_logits.fc1": "classifier.0", "pre_logits.fc2": "classifier.3", "head.fc": "classifier.6"])
  }

  /// The name with another module, if it is one of these.
  static func replaced(_ name: String, _ modules: [String: String]) -> String {
    guard let dot = name.lastIndex(of: "."), let module = modules[String(name[..<dot])] else { return name }
    return module + name[dot...]
  }
}
