import NN
import Serialization
import Tensor

// Layers that change images at random in training.

extension RandomFlip: KerasLayer {
  var kerasClass: String { "RandomFlip" }

  private static let modes: [String: Mode] = [
    "horizontal": .horizontal, "vertical": .vertical, "horizontal_and_vertical": .horizontalAndVertical,
  ]

  func kerasOptions() -> [String: JSON] {
    ["mode": .string(Self.modes.first { $0.value == mode }?.key ?? "horizontal_and_vertical")]
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    try options.requireChannelsLast()
    self.init(try options.word("mode", default: .horizontalAndVertical, of: Self.modes))
  }
}

extension RandomRotation: KerasLayer {
  var kerasClass: String { "RandomRotation" }

  func kerasOptions() -> [String: JSON] { kerasWarpOptions.merging(["factor": JSON(factor)]) { $1 } }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let (fill, interpolation) = try options.warp()
    self.init(try options.factor("factor", default: 0), fill: fill, interpolation: interpolation)
  }
}

extension RandomZoom: KerasLayer {
  var kerasClass: String { "RandomZoom" }

  func kerasOptions() -> [String: JSON] {
    var options = kerasWarpOptions
    options["height_factor"] = JSON(height)
    if let width { options["width_factor"] = JSON(width) }
    return options
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let (fill, interpolation) = try options.warp()
    let isSame = options.take("width_factor", ifEqualTo: .null) || !options.holds("width_factor")
    self.init(
      height: try options.factor("height_factor", default: 0),
      width: isSame ? nil : try options.factor("width_factor", default: 0), fill: fill, interpolation: interpolation)
  }
}

extension RandomTranslation: KerasLayer {
  var kerasClass: String { "RandomTranslation" }

  func kerasOptions() -> [String: JSON] {
    kerasWarpOptions.merging(["height_factor": JSON(height), "width_factor": JSON(width)]) { $1 }
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let (fill, interpolation) = try options.warp()
    self.init(
      height: try options.factor("height_factor", default: 0), width: try options.factor("width_factor", default: 0),
      fill: fill, interpolation: interpolation)
  }
}

extension RandomShear: KerasLayer {
  var kerasClass: String { "RandomShear" }

  func kerasOptions() -> [String: JSON] {
    kerasWarpOptions.merging(["x_factor": JSON(x), "y_factor": JSON(y)]) { $1 }
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let (fill, interpolation) = try options.warp()
    self.init(
      x: try options.factor("x_factor", default: 0), y: try options.factor("y_factor", default: 0), fill: fill,
      interpolation: interpolation)
  }
}

extension RandomContrast: KerasLayer {
  var kerasClass: String { "RandomContrast" }

  func kerasOptions() -> [String: JSON] { ["factor": JSON(factor), "value_range": JSON(valueRange)] }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    try options.requireChannelsLast()
    // A single number has 0 as its other bound.
    self.init(
      try options.factor("factor", default: 0, lowest: 0),
      valueRange: try options.factor("value_range", default: 0...255, sorts: false))
  }
}

extension RandomBrightness: KerasLayer {
  var kerasClass: String { "RandomBrightness" }

  func kerasOptions() -> [String: JSON] { ["factor": JSON(factor), "value_range": JSON(valueRange)] }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    try options.requireChannelsLast()
    self.init(
      try options.factor("factor", default: 0), valueRange: try options.factor("value_range", default: 0...255))
  }
}

extension RandomCrop: KerasLayer {
  var kerasClass: String { "RandomCrop" }

  func kerasOptions() -> [String: JSON] { ["height": JSON(size.height), "width": JSON(size.width)] }

  /// - Throws: the problem for a model to predict with, where versions of Keras predict different things: those that
  ///   describe the type of numbers by an object do not resize the middle of an image in inference.
  convenience init(keras options: inout KerasOptions, _ input: KerasInput) throws(ModelFileError.Problem) {
    try options.requireChannelsLast()
    let isOfLaterKeras = options.peek("dtype")?["config"] != nil
    self.init(Size(height: try options.count("height"), width: try options.count("width")))
    let isWhole = Array(input.shape.dropFirst()) == [size.height, size.width]
    if options.purpose == .prediction, isOfLaterKeras, !isWhole {
      throw .unsupported(
        found: "a crop of images \(input.kerasShape) to \(size), which this version of Keras leaves out of predictions",
        expected: "images of the size of the crop; KerasFile(contentsOf:) reads the model for training")
    }
  }
}

extension RandomWarpLayer {
  /// Fill and interpolation as Keras names them.
  fileprivate var kerasWarpOptions: [String: JSON] {
    let (mode, value): (JSON, Float) =
      switch fill {
      case .constant(let value): ("constant", value)
      case .nearest: ("nearest", 0)
      case .reflect: ("reflect", 0)
      case .wrap: ("wrap", 0)
      }
    return [
      "fill_mode": mode, "fill_value": JSON(value),
      "interpolation": interpolation == .bilinear ? "bilinear" : "nearest",
    ]
  }
}

extension JSON {
  /// Two bounds.
  fileprivate init(_ range: ClosedRange<Float>) { self = [JSON(range.lowerBound), JSON(range.upperBound)] }
}

extension KerasOptions {
  /// Takes fill and interpolation of a warp.
  fileprivate mutating func warp() throws(ModelFileError.Problem) -> (ImageWarp.Fill, ImageWarp.Interpolation) {
    try requireChannelsLast()
    let value = try number("fill_value", default: 0)
    let fills: [String: ImageWarp.Fill] = [
      "constant": .constant(value), "nearest": .nearest, "reflect": .reflect, "wrap": .wrap,
    ]
    let interpolations: [String: ImageWarp.Interpolation] = ["bilinear": .bilinear, "nearest": .nearest]
    return (
      try word("fill_mode", default: .reflect, of: fills),
      try word("interpolation", default: .bilinear, of: interpolations)
    )
  }

  /// Takes two bounds, or a single number f for -f and f, or for `lowest` and f.
  fileprivate mutating func factor(
    _ key: String, default fallback: Float, lowest: Float? = nil
  ) throws(ModelFileError.Problem) -> ClosedRange<Float> {
    guard holdsList(key) else {
      let number = try number(key, default: fallback).magnitude
      return (lowest ?? -number)...Swift.max(number, lowest ?? 0)
    }
    return try factor(key, default: 0...0)
  }

  /// Takes two bounds, which may stand in any order unless it matters.
  fileprivate mutating func factor(
    _ key: String, default fallback: ClosedRange<Float>, sorts: Bool = true
  ) throws(ModelFileError.Problem) -> ClosedRange<Float> {
    guard holds(key) else { return fallback }
    let bounds = try numbers(key).map { Float($0) }
    guard bounds.count == 2, bounds.allSatisfy(\.isFinite), sorts || bounds[0] <= bounds[1] else {
      throw .unsupported(found: "\(key) = \(bounds)", expected: "two numbers\(sorts ? "" : " in rising order")")
    }
    return Swift.min(bounds[0], bounds[1])...Swift.max(bounds[0], bounds[1])
  }
}
