import Autograd
import NN
import Serialization
import Tensor

/// Keras: for each projection a part with kernel `[features, heads, headFeatures]` and bias `[heads, headFeatures]`, for
/// that of the output `[heads, headFeatures, features]` and `[features]`.
extension MultiHeadAttention: KerasLayer {
  var kerasClass: String { "MultiHeadAttention" }

  func kerasOptions(inputShapes: [Shape]) -> [String: JSON] {
    var options: [String: JSON] = [
      "num_heads": JSON(heads), "key_dim": JSON(keyFeatures), "value_dim": JSON(valueFeatures),
      "dropout": JSON(dropout), "use_bias": .bool(useBias), "kernel_initializer": JSON(initializer),
      "bias_initializer": JSON(self.options.biasInitializer),
      "kernel_regularizer": JSON(self.options.kernelRegularizer),
      "bias_regularizer": JSON(self.options.biasRegularizer),
      "activity_regularizer": JSON(self.options.activityRegularizer),
    ]
    if let outputFeatures { options["output_shape"] = [JSON(outputFeatures)] }
    if let axes { options["attention_axes"] = JSON(kerasAttentionAxes: axes, of: inputShapes[0]) }
    if let window { options["sliding_window"] = JSON(window) }
    if useGate { options["use_gate"] = true }
    return options
  }

  var kerasCallArguments: [String: JSON] { isCausal ? ["use_causal_mask": true] : [:] }

  /// The option `use_causal_mask` is an argument of Keras's call.
  convenience init(keras options: inout KerasOptions, _ inputs: [KerasInput]) throws(ModelFileError.Problem) {
    let shape = inputs[0].shape
    let output = options.take("output_shape") ?? .null
    let outputFeatures = output.count ?? (output.elements?.count == 1 ? output.elements?[0].count : nil)
    guard output == .null || outputFeatures != nil else {
      throw .unsupported(found: "output_shape = \(output)", expected: "one number of features")
    }
    let all = shape.indices.map { $0 + 1 }.filter { $0 != featureAxis(ofExample: shape) }
    let hasAxes = !options.take("attention_axes", ifEqualTo: .null) && options.holds("attention_axes")
    let axes = hasAxes ? try options.batchAxes("attention_axes", of: shape)?.sorted() : nil
    self.init(
      heads: try options.count("num_heads"), keyFeatures: try options.count("key_dim"),
      valueFeatures: try options.optionalCount("value_dim"), outputFeatures: outputFeatures,
      axes: axes == all ? nil : axes, dropout: try options.number("dropout", default: 0),
      useBias: try options.bool("use_bias", default: true), useGate: try options.bool("use_gate", default: false),
      isCausal: try options.bool("use_causal_mask", default: false),
      window: try options.optionalCount("sliding_window"), initializer: options.initializer("kernel_initializer"),
      biasInitializer: options.initializer("bias_initializer", default: .zeros),
      kernelRegularizer: options.regularizer("kernel_regularizer"),
      biasRegularizer: options.regularizer("bias_regularizer"),
      activityRegularizer: options.regularizer("activity_regularizer"))
  }

  /// The projections as parts of Keras's layer, in its order, with the lengths of the axes that make the input and those
  /// that make the output; -1 for the features of the input, which are known when the layer is built.
  private var parts: [(name: String, projection: Projection, input: [Int], output: [Int])] {
    let key = [heads, keyFeatures]
    let value = [heads, valueFeatures]
    return [("query_dense", query, [-1], key), ("key_dense", self.key, [-1], key)]
      + (gate.map { [("_gate_dense", $0, [-1], value)] } ?? [])
      + [("value_dense", self.value, [-1], value), ("output_dense", output, value, [-1])]
  }

  func kerasVariableShapes(inputShapes: [Shape]) -> [Shape] {
    let (query, value, key) = roles(of: inputShapes)
    let features = [
      "query_dense": query.featureCount, "_gate_dense": query.featureCount, "key_dense": key.featureCount,
      "value_dense": value.featureCount, "output_dense": outputFeatures ?? query.featureCount,
    ]
    return parts.flatMap { part -> [Shape] in
      func known(_ lengths: [Int]) -> [Int] { lengths.map { $0 < 0 ? features[part.name] ?? 0 : $0 } }
      let output = Shape(known(part.output))
      return [Shape(known(part.input) + output)] + (useBias ? [output] : [])
    }
  }

  func kerasVariableFolders(inputShapes: [Shape]) -> [KerasVariableFolder] {
    parts.map { KerasVariableFolder(path: $0.name, count: useBias ? 2 : 1) }
  }

  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] {
    parts.flatMap { part in
      let shape = part.projection.weight.value.shape
      let input = part.input.map { $0 < 0 ? shape[0] : $0 }
      let output = part.output.map { $0 < 0 ? shape[1] : $0 }
      return [KerasVariable(part.projection.weight, kerasShape: Shape(input + output))]
        + (part.projection.bias.map { [KerasVariable($0, kerasShape: Shape(output))] } ?? [])
    }
  }
}

extension JSON {
  /// Axes as a list, also a single one.
  fileprivate init(kerasAttentionAxes axes: [Int], of shape: Shape) {
    let counted = axes.map { $0 < 0 ? $0 + shape.rank + 1 : $0 }
    self = .array(counted.map { shape.kerasAxis($0 - 1) }.sorted().map { JSON($0) })
  }
}
