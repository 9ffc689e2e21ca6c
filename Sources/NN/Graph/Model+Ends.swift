import Tensor

/// A layer with a function at its end.
package protocol ActivatedLayer: Layer {
  /// The function at the end.
  var activation: Activation { get }
}

extension Dense: ActivatedLayer {}
extension Conv1D: ActivatedLayer {}
extension Conv2D: ActivatedLayer {}
extension Conv3D: ActivatedLayer {}
extension Conv1DTranspose: ActivatedLayer {}
extension Conv2DTranspose: ActivatedLayer {}
extension DepthwiseConv1D: ActivatedLayer {}
extension DepthwiseConv2D: ActivatedLayer {}
extension SeparableConv1D: ActivatedLayer {}
extension SeparableConv2D: ActivatedLayer {}

extension Activation {
  /// Whether all values are from 0 to 1, so that they may be probabilities.
  package var staysWithinProbabilities: Bool {
    switch self {
    case .sigmoid, .hardSigmoid, .hardSigmoidWithSlope, .sparseSigmoid, .softmax, .sparsemax: true
    case .boundedReLU(let maximum, let slope, _): maximum <= 1 && slope == 0
    default: false
    }
  }
}

extension Layer {
  /// For each output, the function that decides which values it can have; `nil` where it is not known, as behind a layer of a
  /// program's own.
  package var endingActivations: [Activation?] {
    guard let model = self as? Model else {
      return (0..<outputCount).map { _ in (self as? any ActivatedLayer)?.activation }
    }
    return model.graph.outputs.map { model.endingActivation(of: $0) }
  }
}

extension Model {
  fileprivate func endingActivation(of value: Int) -> Activation? {
    guard let call = graph.calls.first(where: { $0.outputs.contains(value) }) else { return nil }
    func ofInput() -> Activation? { call.inputs.count == 1 ? endingActivation(of: call.inputs[0]) : nil }
    switch children[call.layer].layer {
    case let model as Model: return model.endingActivations[value - call.outputs.lowerBound]
    case let layer as Softmax where layer.axes == nil: return .softmax
    // What is within 0 to 1 stays there.
    case let layer as any PointwiseLayer where layer.activation == .linear || layer.activation == .relu:
      return ofInput()
    case let layer as any PointwiseLayer: return layer.activation
    case is Flatten, is Reshape, is Permute, is Dropout, is GlobalAveragePool1D, is GlobalAveragePool2D:
      return ofInput()
    case let layer: return (layer as? any ActivatedLayer)?.activation
    }
  }
}
