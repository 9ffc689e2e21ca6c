import NN
import Serialization
import Tensor

extension Dropout: KerasLayer {
  var kerasClass: String { "Dropout" }

  func kerasOptions(inputShapes: [Shape]) -> [String: JSON] {
    var options: [String: JSON] = ["rate": JSON(rate)]
    if let noiseShape { options["noise_shape"] = JSON(kerasLengths: noiseShape, of: inputShapes[0]) }
    return options
  }

  convenience init(keras options: inout KerasOptions, _ input: KerasInput) throws(ModelFileError.Problem) {
    self.init(
      try options.number("rate", default: 0), noiseShape: try options.noiseShape("noise_shape", input))
  }

  /// Reads the class `StochasticDepth`, which `keras.applications` has beside ConvNeXt: a dropout of whole examples.
  convenience init(
    kerasStochasticDepth options: inout KerasOptions, _ input: KerasInput
  ) throws(ModelFileError.Problem) {
    self.init(
      try options.number("drop_path_rate", default: 0), noiseShape: [nil] + input.shape.map { _ in 1 })
  }
}

extension KerasOptions {
  /// Takes a shape of noise for a batch.
  mutating func noiseShape(_ key: String, _ input: KerasInput) throws(ModelFileError.Problem) -> [Int?]? {
    guard input.isPlane, let value = take(key), value != .null else { return try lengths(key, of: input.shape) }
    guard let elements = value.elements, elements.count == 3 else {
      throw .unsupported(found: "\(key) = \(value)", expected: "a length or null for each of 3 axes")
    }
    return [elements[0].count, 1, elements[1].count, elements[2].count]
  }
}
