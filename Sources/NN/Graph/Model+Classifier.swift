import Tensor

extension Model {
  /// The model without its classifier: it returns a vector of features, `[C]`, which another classifier can use.
  ///
  /// The classifier is what comes behind the layer that makes a vector of the last feature maps: a global pooling, a
  /// `Flatten`, or any other layer whose input has more than one row or column. If the model returns feature maps,
  /// `[C, H, W]`, their means are the features. The model shares all values with this one and has its preprocessing.
  ///
  /// ```swift
  /// let backbone = try Model.mobileNetV2(inputShape: [3, 96, 96]).withoutClassifier()  // the output has 1,280 features
  /// ```
  ///
  /// - Throws: ``ModelError/noFeatureMaps(reason:)`` if there is no such layer, or if the model has several outputs.
  public func withoutClassifier() throws -> Model {
    guard outputCount == 1, !shapes.isEmpty else {
      throw ModelError.noFeatureMaps(reason: "it has \(counted(outputCount, "output")), or is not built yet")
    }
    var value = graph.outputs[0]
    guard isVector(value) else {
      guard shapes[value].count == 3 else {
        throw ModelError.noFeatureMaps(reason: "its output has the shape \(shapes[value]); expected [C] or [C, H, W]")
      }
      return try part(endingIn: GlobalAveragePool2D()(symbols[value]))
    }
    while true {
      guard let call = graph.calls.first(where: { $0.outputs.contains(value) }), call.inputs.count == 1 else {
        throw ModelError.noFeatureMaps(reason: "no layer makes its vector of feature maps alone")
      }
      if makesVector(layers[call.layer], of: call.inputs[0]) { break }
      value = call.inputs[0]
    }
    let features = symbols[value]
    return try part(endingIn: shapes[value].count == 1 ? features : Flatten()(features))
  }

  /// Whether a value is one number for each channel.
  private func isVector(_ value: Int) -> Bool { shapes[value].dropFirst().allSatisfy { $0 == 1 } }

  private func makesVector(_ layer: any Layer, of input: Int) -> Bool {
    layer is GlobalAveragePool2D || layer is GlobalMaxPool2D || layer is Flatten || !isVector(input)
  }
}
