import Autograd
import NN
import Serialization
import Tensor

extension Cropping2D: KerasLayer {
  var kerasClass: String { "Cropping2D" }

  func kerasOptions() -> [String: JSON] {
    ["cropping": [[JSON(top), JSON(bottom)], [JSON(left), JSON(right)]]]
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let sides = try options.sides("cropping", default: 0)
    self.init(top: sides.top, bottom: sides.bottom, left: sides.left, right: sides.right)
  }
}

extension ZeroPad2D: KerasLayer {
  var kerasClass: String { "ZeroPadding2D" }

  func kerasOptions() -> [String: JSON] {
    ["padding": [[JSON(top), JSON(bottom)], [JSON(left), JSON(right)]]]
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let sides = try options.sides("padding", default: 1)
    self.init(top: sides.top, bottom: sides.bottom, left: sides.left, right: sides.right)
  }
}

extension Cropping1D: KerasLayer {
  var kerasClass: String { "Cropping1D" }

  func kerasOptions() -> [String: JSON] { ["cropping": [JSON(before), JSON(after)]] }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let ends = try options.ends("cropping")
    self.init(before: ends.before, after: ends.after)
  }
}

extension ZeroPad1D: KerasLayer {
  var kerasClass: String { "ZeroPadding1D" }

  func kerasOptions() -> [String: JSON] { ["padding": [JSON(before), JSON(after)]] }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let ends = try options.ends("padding")
    self.init(before: ends.before, after: ends.after)
  }
}

extension UpSampling1D: KerasLayer {
  var kerasClass: String { "UpSampling1D" }

  func kerasOptions() -> [String: JSON] { ["size": JSON(size)] }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(try options.length("size", default: 2))
  }
}

extension UpSampling2D: KerasLayer {
  var kerasClass: String { "UpSampling2D" }

  func kerasOptions() -> [String: JSON] {
    ["size": JSON(size), "interpolation": interpolation.kerasName]
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    try options.requireChannelsLast()
    self.init(
      try options.size("size", default: 2), interpolation: try options.interpolation(default: .nearest))
  }
}

extension Resizing: KerasLayer {
  var kerasClass: String { "Resizing" }

  func kerasOptions() -> [String: JSON] {
    var options: [String: JSON] = [
      "height": JSON(size.height), "width": JSON(size.width), "interpolation": interpolation.kerasName,
      "crop_to_aspect_ratio": .bool(aspectRatio == .crop),
    ]
    // Versions that lack an option have its default.
    if antialiases { options["antialias"] = true }
    if case .pad(let filler) = aspectRatio {
      options["pad_to_aspect_ratio"] = true
      options["fill_value"] = JSON(filler)
    }
    return options
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    try options.requireChannelsLast()
    try options.require("fill_mode", oneOf: ["constant"])
    let crops = try options.bool("crop_to_aspect_ratio", default: false)
    let pads = try options.bool("pad_to_aspect_ratio", default: false)
    let filler = try options.number("fill_value", default: 0)
    if crops && pads {
      throw .unsupported(found: "crop_to_aspect_ratio and pad_to_aspect_ratio", expected: "one of the two")
    }
    self.init(
      Size(height: try options.count("height"), width: try options.count("width")),
      interpolation: try options.interpolation(default: .bilinear),
      aspectRatio: crops ? .crop : pads ? .pad(with: filler) : .stretch,
      antialiases: try options.bool("antialias", default: false))
  }
}

extension CenterCrop: KerasLayer {
  var kerasClass: String { "CenterCrop" }

  func kerasOptions() -> [String: JSON] { ["height": JSON(size.height), "width": JSON(size.width)] }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    try options.requireChannelsLast()
    self.init(Size(height: try options.count("height"), width: try options.count("width")))
  }
}

extension Resampling {
  private static let kerasNames: [String: Resampling] = [
    "nearest": .nearest, "bilinear": .bilinear, "bicubic": .bicubic, "lanczos3": .lanczos3, "lanczos5": .lanczos5,
  ]

  fileprivate var kerasName: JSON {
    switch self {
    case .nearest: "nearest"
    case .bilinear: "bilinear"
    case .bicubic: "bicubic"
    case .lanczos3: "lanczos3"
    case .lanczos5: "lanczos5"
    }
  }

  fileprivate static func take(
    from options: inout KerasOptions, default fallback: Resampling
  ) throws(ModelFileError.Problem) -> Resampling {
    try options.word("interpolation", default: fallback, of: kerasNames)
  }
}

extension KerasOptions {
  fileprivate mutating func interpolation(
    default fallback: Resampling
  ) throws(ModelFileError.Problem) -> Resampling {
    try Resampling.take(from: &self, default: fallback)
  }

  /// Takes one number for all sides, one for each axis, or one for each side.
  fileprivate mutating func sides(
    _ key: String, default fallback: Int
  ) throws(ModelFileError.Problem) -> (top: Int, bottom: Int, left: Int, right: Int) {
    try requireChannelsLast()
    let value = take(key) ?? JSON(fallback)
    let axes = value.elements ?? [value, value]
    let sides = axes.map { axis in (axis.elements ?? [axis, axis]).compactMap(\.amount) }
    guard sides.count == 2, sides.allSatisfy({ $0.count == 2 }) else {
      throw .unsupported(found: "\(key) = \(value)", expected: "a number of rows or columns for each side")
    }
    return (sides[0][0], sides[0][1], sides[1][0], sides[1][1])
  }

  /// Takes one number for both ends of a sequence, or one for each.
  fileprivate mutating func ends(_ key: String) throws(ModelFileError.Problem) -> (before: Int, after: Int) {
    try requireChannelsLast()
    let value = take(key) ?? 1
    let numbers = (value.elements ?? [value, value]).compactMap(\.amount)
    guard numbers.count == 2 else {
      throw .unsupported(found: "\(key) = \(value)", expected: "a number of steps for each end")
    }
    return (numbers[0], numbers[1])
  }
}

extension JSON {
  /// The value as an integer of 0 or more that an axis can be longer by.
  var amount: Int? { self == 0 ? 0 : count }
}
