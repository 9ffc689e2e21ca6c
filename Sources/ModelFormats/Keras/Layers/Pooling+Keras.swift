import NN
import Serialization
import Tensor

extension MaxPool2D: KerasLayer {
  var kerasClass: String { "MaxPooling2D" }

  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON] { try window.kerasPoolingOptions() }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let window = try Window(kerasPooling: &options)
    self.init(window.size, stride: window.stride, padding: window.padding)
  }
}

extension AveragePool2D: KerasLayer {
  var kerasClass: String { "AveragePooling2D" }

  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON] { try window.kerasPoolingOptions() }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let window = try Window(kerasPooling: &options)
    self.init(window.size, stride: window.stride, padding: window.padding)
  }
}

extension GlobalAveragePool2D: KerasLayer {
  var kerasClass: String { "GlobalAveragePooling2D" }

  func kerasOptions() -> [String: JSON] { [:] }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    try options.requireChannelsLast()
    self.init()
  }
}

extension KerasPart {
  /// `GlobalMaxPooling2D`: pooling with a window as large as the image, then flattening.
  static func globalMaximum(
    _ options: inout KerasOptions, _ input: KerasInput
  ) throws(ModelFileError.Problem) -> [KerasPart] {
    try options.requireChannelsLast()
    let shape = input.shape
    guard input.rank == 3 else { throw .damaged("an input of shape \(input.kerasShape), where an image is needed") }
    return [KerasPart(MaxPool2D(Size(height: shape[1], width: shape[2]))), KerasPart(Flatten())]
  }
}

extension Window {
  fileprivate func kerasPoolingOptions() throws(ModelFileError.Problem) -> [String: JSON] {
    ["pool_size": JSON(size), "strides": JSON(stride), "padding": try padding.kerasName()]
  }

  fileprivate init(kerasPooling options: inout KerasOptions) throws(ModelFileError.Problem) {
    try options.requireChannelsLast()
    let size = try options.size("pool_size", default: 2)
    self.init(size, stride: try options.size("strides", default: size), padding: try options.padding())
  }
}
