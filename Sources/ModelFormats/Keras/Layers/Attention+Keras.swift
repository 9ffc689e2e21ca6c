import NN
import Serialization
import Tensor

/// Keras: the factors are single numbers. Whether the order counts is an argument of Keras's call.
extension Attention: KerasLayer {
  var kerasClass: String { "Attention" }

  func kerasOptions() -> [String: JSON] {
    [
      "use_scale": .bool(scale != nil), "score_mode": score == .sum ? "concat" : "dot", "dropout": JSON(dropout),
    ]
  }

  var kerasCallArguments: [String: JSON] { isCausal ? ["use_causal_mask": true] : [:] }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(
      try options.word("score_mode", default: .product, of: ["dot": .product, "concat": .sum]),
      useScale: try options.bool("use_scale", default: false), dropout: try options.number("dropout", default: 0),
      isCausal: try options.bool("use_causal_mask", default: false))
  }

  func kerasVariableShapes(inputShapes: [Shape]) -> [Shape] { [scale, sumWeight].compactMap { $0 == nil ? nil : [] } }

  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] {
    [scale, sumWeight].compactMap { $0.map { KerasVariable($0) } }
  }
}

extension AdditiveAttention: KerasLayer {
  var kerasClass: String { "AdditiveAttention" }

  func kerasOptions() -> [String: JSON] { ["use_scale": .bool(scale != nil), "dropout": JSON(dropout)] }

  var kerasCallArguments: [String: JSON] { isCausal ? ["use_causal_mask": true] : [:] }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(
      useScale: try options.bool("use_scale", default: true), dropout: try options.number("dropout", default: 0),
      isCausal: try options.bool("use_causal_mask", default: false))
  }

  func kerasVariableShapes(inputShapes: [Shape]) -> [Shape] {
    scale == nil ? [] : [[inputShapes.first?.last ?? 0]]
  }

  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] {
    scale.map { [KerasVariable($0)] } ?? []
  }
}
