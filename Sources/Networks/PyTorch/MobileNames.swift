import Tensor

/// What timm's names of networks with the blocks of MobileNetV2 become.
struct MobileNames {
  private enum Family {
    case mobileNetV2, mobileNetV3, efficientNet, efficientNetLite
  }

  /// A part of a block.
  private enum Part {
    case expansion, depthwise, reduction, restoration, projection
  }

  private let family: Family
  /// The number of blocks before each stage, and of all.
  private let starts: [Int]
  private let count: Int
  /// The blocks, as `blocks.1.0`, that expand their channels.
  private let expanding: Set<String>
  /// The blocks with squeeze and excitation.
  private let squeezing: Set<String>

  /// - Parameter tensors: a state dict with timm's names.
  init(_ tensors: [String: Tensor<Float>]) {
    var counts: [Int: Int] = [:]
    var (expanding, squeezing): (Set<String>, Set<String>) = ([], [])
    var hasLargeWindows = false
    for (name, tensor) in tensors {
      let parts = name.split(separator: ".").map(String.init)
      guard parts.count > 4, parts[0] == "blocks", let stage = Int(parts[1]), let block = Int(parts[2]),
        (0..<100).contains(stage), (0..<1000).contains(block)
      else { continue }
      counts[stage] = max(counts[stage] ?? 0, block + 1)
      let path = parts[..<3].joined(separator: ".")
      if parts[3] == "conv_pwl" { expanding.insert(path) }
      if parts[3] == "se" { squeezing.insert(path) }
      if parts[3] == "conv_dw", tensor.shape.last ?? 0 > 3 { hasLargeWindows = true }
    }
    (self.expanding, self.squeezing) = (expanding, squeezing)
    var (starts, sum) = ([Int](), 0)
    for stage in 0..<((counts.keys.max() ?? -1) + 1) {
      starts.append(sum)
      sum += counts[stage] ?? 0
    }
    (self.starts, count) = (starts, sum)
    family =
      if tensors["conv_head.bias"] != nil {
        .mobileNetV3
      } else if !squeezing.isEmpty {
        .efficientNet
      } else {
        hasLargeWindows ? .efficientNetLite : .mobileNetV2
      }
  }

  /// The name in torchvision, or in EfficientNet-Lite.
  func renamed(_ name: String) -> String {
    let parts = name.split(separator: ".").map(String.init)
    guard parts.count > 4, parts[0] == "blocks", let stage = Int(parts[1]), starts.indices.contains(stage),
      let block = Int(parts[2])
    else { return TimmNames.replaced(name, ends) }
    let path = parts[..<3].joined(separator: ".")
    let (module, tensor) = (parts[3..<(parts.count - 1)].joined(separator: "."), parts[parts.count - 1])
    // The last stage of MobileNetV3 is its last convolution.
    if family == .mobileNetV3, stage == starts.count - 1 {
      let index = ["conv": 0, "bn1": 1][module]
      return index.map { "features.\(starts[stage] + 1).\($0).\(tensor)" } ?? name
    }
    let expands = expanding.contains(path)
    guard let (part, isNorm) = Self.part(module, expands: expands) else { return name }
    let found =
      family == .efficientNetLite
      ? "blocks_\(starts[stage] + block)_" + Self.lite(part, isNorm)
      : torchVision(part, isNorm, stage: stage, block: block, expands: expands, squeezes: squeezing.contains(path))
    return "\(found).\(tensor)"
  }

  /// What a module of a block is.
  private static func part(_ module: String, expands: Bool) -> (Part, isNorm: Bool)? {
    switch module {
    case "conv_pw": (expands ? .expansion : .projection, false)
    case "conv_dw": (.depthwise, false)
    case "conv_pwl": (.projection, false)
    case "se.conv_reduce": (.reduction, false)
    case "se.conv_expand": (.restoration, false)
    case "bn1": (expands ? .expansion : .depthwise, true)
    case "bn2": (expands ? .depthwise : .projection, true)
    case "bn3": (.projection, true)
    default: nil
    }
  }

  private static func lite(_ part: Part, _ isNorm: Bool) -> String {
    switch part {
    case .expansion: isNorm ? "bn0" : "expand_conv"
    case .depthwise, .reduction, .restoration: isNorm ? "bn1" : "depthwise_conv"
    case .projection: isNorm ? "bn2" : "project_conv"
    }
  }

  /// The parts of a block are numbered, those that it lacks left out.
  private func torchVision(
    _ part: Part, _ isNorm: Bool, stage: Int, block: Int, expands: Bool, squeezes: Bool
  ) -> String {
    let depthwise = expands ? 1 : 0
    let projection = depthwise + (squeezes ? 2 : 1)
    let path =
      switch family {
      case .efficientNet: "features.\(stage + 1).\(block).block"
      case .mobileNetV3: "features.\(starts[stage] + block + 1).block"
      case .mobileNetV2, .efficientNetLite: "features.\(starts[stage] + block + 1).conv"
      }
    let kind = isNorm ? 1 : 0
    return switch part {
    case .expansion: "\(path).0.\(kind)"
    case .depthwise: "\(path).\(depthwise).\(kind)"
    case .reduction: "\(path).\(depthwise + 1).fc1"
    case .restoration: "\(path).\(depthwise + 1).fc2"
    // MobileNetV2 has the last convolution and normalization among its parts.
    case .projection: family == .mobileNetV2 ? "\(path).\(projection + kind)" : "\(path).\(projection).\(kind)"
    }
  }

  /// The modules around the blocks.
  private var ends: [String: String] {
    if family == .efficientNetLite { return ["bn1": "bn0", "bn2": "bn1", "classifier": "fc"] }
    let stem = ["conv_stem": "features.0.0", "bn1": "features.0.1"]
    if family == .mobileNetV3 {
      return stem.merging(["conv_head": "classifier.0", "classifier": "classifier.3"]) { first, _ in first }
    }
    let last = (family == .efficientNet ? starts.count : count) + 1
    let head = ["conv_head": "features.\(last).0", "bn2": "features.\(last).1", "classifier": "classifier.1"]
    return stem.merging(head) { first, _ in first }
  }
}
