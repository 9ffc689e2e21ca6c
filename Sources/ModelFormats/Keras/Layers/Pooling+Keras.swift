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

extension MaxPool1D: KerasLayer {
  var kerasClass: String { "MaxPooling1D" }

  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON] {
    try poolingOptions(size: size, stride: stride, padding)
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let (size, stride, padding) = try options.sequencePooling()
    self.init(size, stride: stride, padding: padding)
  }
}

extension AveragePool1D: KerasLayer {
  var kerasClass: String { "AveragePooling1D" }

  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON] {
    try poolingOptions(size: size, stride: stride, padding)
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let (size, stride, padding) = try options.sequencePooling()
    self.init(size, stride: stride, padding: padding)
  }
}

extension GlobalAveragePool2D: KerasLayer {
  var kerasClass: String { "GlobalAveragePooling2D" }

  func kerasOptions() -> [String: JSON] { globalPoolingOptions(keepsAxes: keepsAxes) }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(keepsAxes: try options.globalPooling())
  }
}

extension GlobalMaxPool2D: KerasLayer {
  var kerasClass: String { "GlobalMaxPooling2D" }

  func kerasOptions() -> [String: JSON] { globalPoolingOptions(keepsAxes: keepsAxes) }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(keepsAxes: try options.globalPooling())
  }
}

extension GlobalAveragePool1D: KerasLayer {
  var kerasClass: String { "GlobalAveragePooling1D" }

  func kerasOptions() -> [String: JSON] { globalPoolingOptions(keepsAxes: keepsAxes) }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(keepsAxes: try options.globalPooling())
  }
}

extension GlobalMaxPool1D: KerasLayer {
  var kerasClass: String { "GlobalMaxPooling1D" }

  func kerasOptions() -> [String: JSON] { globalPoolingOptions(keepsAxes: keepsAxes) }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(keepsAxes: try options.globalPooling())
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

private func poolingOptions(
  size: Int, stride: Int, _ padding: SequencePadding
) throws(ModelFileError.Problem) -> [String: JSON] {
  if padding == .causal { throw .unsupported(found: "causal pooling", expected: ".same or .valid for Keras") }
  return ["pool_size": [JSON(size)], "strides": [JSON(stride)], "padding": padding.kerasName]
}

/// An absent option is Keras's default, which versions before the option know too.
private func globalPoolingOptions(keepsAxes: Bool) -> [String: JSON] { keepsAxes ? ["keepdims": true] : [:] }

extension KerasOptions {
  fileprivate mutating func sequencePooling() throws(ModelFileError.Problem) -> (Int, Int, SequencePadding) {
    try requireChannelsLast()
    let size = try length("pool_size", default: 2)
    let padding = try word("padding", default: SequencePadding.valid, of: ["valid": .valid, "same": .same])
    return (size, try length("strides", default: size), padding)
  }

  /// Takes whether the pooled axes stay.
  fileprivate mutating func globalPooling() throws(ModelFileError.Problem) -> Bool {
    try requireChannelsLast()
    return try bool("keepdims", default: false)
  }
}
