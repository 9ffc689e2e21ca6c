import Tensor

// Layers that a mask means something to which they cannot follow. They refuse it when a model is made.

extension Softmax: MaskedLayer {
  /// Throws for a mask: Keras adds it to the input, where it fits no shape that an input with a mask has.
  public func outputMasks(masks: [Shape?], inputShapes: [Shape]) throws -> [OutputMask] {
    guard masks.allSatisfy({ $0 == nil }) else {
      throw LayerError(
        inputShapes: inputShapes, reason: "its input has a mask; use ActivationLayer(.softmax), which hands it on")
    }
    return []
  }
}

extension TimeDistributed: MaskedLayer {
  /// The mask of the input. Throws where the layer inside would use it.
  public func outputMasks(masks: [Shape?], inputShapes: [Shape]) throws -> [OutputMask] {
    let times = inputShapes.first.flatMap { Times(of: $0) }.map { [$0.shape] }
    if let model = layer as? Model, try MaskFlow(model, inputShapes: times).outputs.contains(where: { $0 != nil }) {
      throw LayerError(inputShapes: inputShapes, reason: "a mask would leave the model, which has one for each time")
    }
    guard masks.first.flatMap(\.self) != nil else { return [] }
    let usesMasks = (layer as? any MaskedLayer)?.usesMasks ?? (layer is Model || layer is Recomputed)
    guard !usesMasks, !(layer is Softmax) else {
      throw LayerError(
        inputShapes: inputShapes,
        reason: "its input has a mask, which \(type(of: layer)) would need for each time by itself")
    }
    return [.input(0)]
  }
}

extension Recomputed: MaskedLayer {
  /// Throws for a mask that would enter or leave the part; masks between its layers are fine.
  public func outputMasks(masks: [Shape?], inputShapes: [Shape]) throws -> [OutputMask] {
    let leaving = try MaskFlow(body, inputShapes: inputShapes).outputs
    guard (masks + leaving).allSatisfy({ $0 == nil }) else {
      throw LayerError(
        inputShapes: inputShapes,
        reason: "a mask would enter or leave it, and it hands on none; put the layers that make and use the mask inside"
      )
    }
    return []
  }
}
