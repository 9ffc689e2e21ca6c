import Data
import NN
import Tensor

extension Model {
  /// The model that runs this one and then a head: what is saved and used after the head was trained on features.
  ///
  /// It shares all values with both. The layers of a `Sequential` follow those of this model one by one; a name that both
  /// have gets `head_` before it. The head gives the class names, the meaning of the outputs and the confidence, and its
  /// features the preprocessing of photos.
  ///
  /// - Throws: ``FeatureError`` if the head takes inputs of another shape, or was trained, or its confidence learned,
  ///   on features that this model, with the weights it has now, does not make; `LayerError` and `ModelError` for
  ///   layers that do not fit together.
  public func followed(by head: Model) throws -> Model {
    guard inputNames.count == 1, outputCount == 1, head.inputNames.count == 1, let shape = outputShape,
      head.inputShape == shape
    else { throw FeatureError.headShape(found: head.inputShape, expected: outputShape) }
    let origin = head.featureOrigin
    try checkMakes(origin, for: "the head")
    if let rejection = head.confidence?.rejection, rejection.layer == nil {
      try checkMakes(rejection.origin, for: "the confidence of the head")
    }
    let model = try Model(inputs: inputs, outputs: joined(with: head))
    model.metadata = metadata.merging(head.metadata) { $1 }
    model.featureOrigin = nil
    if let preprocessing = origin?.preprocessing { model.preprocessing = preprocessing }
    model.confidence = head.confidence
    // What the head is given is made by the backbone's last layer.
    if model.confidence?.rejection != nil, model.confidence?.rejection?.layer == nil {
      model.confidence?.rejection?.layer = outputNames[0]
    }
    return model
  }

  /// Throws unless this model makes the features of an origin; one that is not known can be any.
  private func checkMakes(_ origin: FeatureOrigin?, for owner: String) throws(FeatureError) {
    guard let origin else { return }
    let own = FeatureOrigin(backbone: fingerprint, preprocessing: preprocessing ?? origin.preprocessing)
    guard own == origin else {
      throw .otherBackbone(
        DifferentFeatures(first: owner, firstOrigin: origin, second: "the backbone", secondOrigin: own))
    }
  }

  /// The outputs of a head that gets the output of this model.
  private func joined(with head: Model) throws -> [SymbolicValue] {
    guard let chain = head as? Sequential else { return head.outputs(of: outputs) }
    let taken = Set(names)
    return chain.children.reduce(outputs) { values, child in
      child.layer.outputs(of: values, name: taken.contains(child.name) ? "head_\(child.name)" : child.name)
    }
  }
}
