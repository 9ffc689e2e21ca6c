import Foundation
import NN
import Tensor

/// The layers of a model as `Fixtures/networks.py` writes them: name, class, options, shape of the output, number of
/// parameters, and the layers that the inputs come from.
func layerLines(of model: Model, prefix: String = "") -> [String] {
  var makers = model.inputNames.map { _ in "input" }
  var lines: [String] = []
  let shapes = model.layerOutputShapes
  for (index, call) in model.graph.calls.enumerated() {
    let (name, layer) = model.children[call.layer]
    let sources = call.inputs.map { makers[$0] }
    makers += call.outputs.map { _ in name }
    let (kind, options) = kerasDescription(of: layer)
    let shape = shapes[index].map(String.init).joined(separator: "x")
    let count = layer.parameterCount + layer.bufferCount - givenStatistics(of: layer)
    let parts = [prefix + name, kind] + options + [shape, String(count), sources.joined(separator: ",")]
    lines.append(parts.joined(separator: " "))
    if let part = layer as? Model { lines += layerLines(of: part, prefix: "\(prefix)\(name)/") }
  }
  return lines
}

/// Keras keeps no variables for a mean and a variance that it is given.
private func givenStatistics(of layer: any Layer) -> Int {
  guard let norm = layer as? DataNorm, norm.given != nil else { return 0 }
  return norm.bufferCount
}

/// Keras's class of a layer, and its options.
private func kerasDescription(of layer: any Layer) -> (String, [String]) {
  switch layer {
  case let layer as Conv2D:
    let window = text(layer.window) + [text(layer.window.dilation), String(layer.groups)]
    return ("Conv2D", window + ending(layer.activation, layer.bias != nil, layer.initializer))
  case let layer as DepthwiseConv2D:
    let window = text(layer.window) + [text(layer.window.dilation), String(layer.depthMultiplier)]
    return ("DepthwiseConv2D", window + ending(layer.activation, layer.bias != nil, layer.initializer))
  case let layer as SeparableConv2D:
    let window = text(layer.window) + [text(layer.window.dilation), String(layer.depthMultiplier)]
    return (
      "SeparableConv2D",
      window + ending(layer.activation, layer.bias != nil, layer.depthwiseInitializer)
        + [text(layer.pointwiseInitializer)]
    )
  case let layer as Dense: return ("Dense", ending(layer.activation, layer.bias != nil, layer.initializer))
  case let layer as BatchNorm:
    return (
      "BatchNormalization",
      [text(layer.momentum), text(layer.epsilon), layer.shift == nil ? "0" : "1", layer.scale == nil ? "0" : "1"]
    )
  case let layer as LayerNorm: return ("LayerNormalization", [text(layer.epsilon)])
  case let layer as DataNorm:
    let given = layer.given.map { ["given", text($0.mean.scalars), text($0.variance.scalars)] }
    return ("Normalization", given ?? [])
  case let layer as ActivationLayer: return ("Activation", [text(layer.activation)])
  case let layer as ReLU: return ("ReLU", layer.maximum.map { [text($0)] } ?? [])
  case let layer as Dropout: return ("Dropout", [text(layer.rate)] + (layer.noiseShape == nil ? [] : ["images"]))
  case let layer as ZeroPad2D:
    return ("ZeroPadding2D", [layer.top, layer.bottom, layer.left, layer.right].map(String.init))
  case let layer as Cropping2D:
    return ("Cropping2D", [layer.top, layer.bottom, layer.left, layer.right].map(String.init))
  case let layer as MaxPool2D: return ("MaxPooling2D", text(layer.window))
  case let layer as AveragePool2D: return ("AveragePooling2D", text(layer.window))
  case let layer as GlobalAveragePool2D: return ("GlobalAveragePooling2D", [layer.keepsAxes ? "1" : "0"])
  case let layer as GlobalMaxPool2D: return ("GlobalMaxPooling2D", [layer.keepsAxes ? "1" : "0"])
  case let layer as Rescaling: return ("Rescaling", [text(layer.scale), text(layer.offset)])
  case let layer as LayerScale: return ("LayerScale", [text(layer.initialValue)])
  case let layer as ScaledAdd: return ("CustomScaleLayer", [text(layer.scale)])
  default: return (String(describing: type(of: layer)), [])
  }
}

private func ending(_ activation: Activation, _ useBias: Bool, _ initializer: Initializer) -> [String] {
  [text(activation), useBias ? "1" : "0", text(initializer)]
}

private func text(_ window: Window) -> [String] { [text(window.size), text(window.stride), "\(window.padding)"] }

private func text(_ size: Size) -> String { "\(size.height)x\(size.width)" }

private func text(_ number: Float) -> String { String(format: "%.6g", Double(number)) }

private func text(_ numbers: [Float]) -> String { numbers.map { text($0) }.joined(separator: ",") }

private func text(_ activation: Activation) -> String { activation == .hardSiLU ? "hard_silu" : "\(activation)" }

private func text(_ initializer: Initializer) -> String {
  switch initializer {
  case .glorotUniform: "GlorotUniform"
  case .heNormal: "HeNormal"
  case .varianceScaling(let scale, let fan, let distribution):
    "VarianceScaling/\(text(scale))/\(fan == .out ? "fan_out" : "\(fan)")/\(distribution == .uniform ? "uniform" : "truncated_normal")"
  default: "\(initializer)"
  }
}
