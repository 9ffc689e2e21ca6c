import ModelFormats
import NN
import Networks
import Tensor

extension NamedNetwork {
  /// The network that weights of PyTorch belong to; `nil` if none that is known.
  ///
  /// The names of the weights say the family; then its networks are made, one after the other, until all weights fit one.
  /// `weights(for:)` of the network says whose they are, which `model(for:)` needs.
  ///
  /// - Parameter tensors: a state dict with the names of torchvision, timm or `efficientnet-lite-pytorch`.
  public static func recognized(by tensors: [String: Tensor<Float>]) -> NamedNetwork? {
    let translated = TimmNames.translated(tensors)
    let classes = classCount(of: tensors)
    return candidates(for: translated).first { network in
      guard let model = try? network.model(classes: classes) else { return false }
      do {
        try model.load(pyTorch: translated)
        return true
      } catch {
        return false
      }
    }
  }

  /// The networks of the families that have layers with these names.
  private static func candidates(for tensors: [String: Tensor<Float>]) -> [NamedNetwork] {
    func has(_ name: String) -> Bool { tensors[name] != nil || tensors["module.\(name)"] != nil }
    let isNormalized = tensors.keys.contains { $0.hasSuffix("running_mean") }
    let isDeep = has("layer1.0.conv3.weight")
    let known = all.filter { $0.name.hasPrefix("torchvision-") || $0.name.hasPrefix("EfficientNet-Lite") }
    return known.filter { network in
      let family = network.name.replacing("torchvision-", with: "")
      if has("layer1.0.conv1.weight") {
        return family.hasPrefix("ResNet") && isDeep != ["ResNet18", "ResNet34"].contains(family)
      }
      if has("features.denseblock1.denselayer1.norm1.weight") { return family.hasPrefix("DenseNet") }
      if has("_conv_stem.weight") { return family.hasPrefix("EfficientNet-Lite") }
      if has("features.0.0.weight") {
        return ["MobileNet", "ConvNeXt", "EfficientNetB"].contains(where: family.hasPrefix)
      }
      if has("features.0.weight") { return family.hasPrefix("VGG") && isNormalized == family.hasSuffix("BN") }
      return false
    }
  }

  /// The number of rows of the last layer.
  private static func classCount(of tensors: [String: Tensor<Float>]) -> Int {
    let last = [
      "fc", "_fc", "classifier.6", "classifier.3", "classifier.2", "classifier.1", "classifier", "head.fc",
    ].lazy.compactMap { tensors["\($0).weight"] }.first
    return last?.shape.first ?? 1000
  }
}
