import NN
import Serialization
import Tensor

extension SpatialDropout1D: KerasLayer {
  var kerasClass: String { "SpatialDropout1D" }

  func kerasOptions() -> [String: JSON] { ["rate": JSON(rate)] }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(try options.number("rate", default: 0))
  }
}

extension SpatialDropout2D: KerasLayer {
  var kerasClass: String { "SpatialDropout2D" }

  func kerasOptions() -> [String: JSON] { ["rate": JSON(rate)] }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    try options.requireChannelsLast()
    self.init(try options.number("rate", default: 0))
  }
}

extension GaussianNoise: KerasLayer {
  var kerasClass: String { "GaussianNoise" }

  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON] {
    guard standardDeviation <= 1 else {
      throw .unsupported(found: "a standard deviation of \(standardDeviation)", expected: "at most 1 for Keras")
    }
    return ["stddev": JSON(standardDeviation)]
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(try options.number("stddev", default: 0))
  }
}

extension GaussianDropout: KerasLayer {
  var kerasClass: String { "GaussianDropout" }

  func kerasOptions() -> [String: JSON] { ["rate": JSON(rate)] }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(try options.number("rate", default: 0))
  }
}

extension AlphaDropout: KerasLayer {
  var kerasClass: String { "AlphaDropout" }

  func kerasOptions(inputShapes: [Shape]) -> [String: JSON] {
    var options: [String: JSON] = ["rate": JSON(rate)]
    if let noiseShape { options["noise_shape"] = JSON(kerasLengths: noiseShape, of: inputShapes[0]) }
    return options
  }

  convenience init(keras options: inout KerasOptions, _ input: KerasInput) throws(ModelFileError.Problem) {
    self.init(
      try options.number("rate", default: 0), noiseShape: try options.noiseShape("noise_shape", input))
  }
}
