import Autograd
import NN
import Tensor

extension ONNXOperators {
  static let resizing: [String: ONNXBuilder] = ["Resize": resize, "Upsample": upsample]

  /// Version 9 and older: each pixel takes the one whose place, divided by the scale, lies before it.
  private static func upsample(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let mode = try operation.text("mode", default: "nearest")
    let attribute = try operation.floats("scales")
    guard mode == "nearest" else { throw operation.unsupported("mode = \(mode)", expected: "nearest") }
    guard let scales = operation.has(1) ? try operation.weight(1).scalars : attribute else {
      throw operation.error(.damaged("it has no scales"))
    }
    let x = try operation.numbers(0)
    guard scales.count == x.rank else {
      throw operation.unsupported("\(scales.count) scales of \(x.rank) axes", expected: "one for each")
    }
    let exact = scales.map { Double($0) }
    guard exact.allSatisfy({ $0 == $0.rounded() }) else {
      return [.data(try nearest(operation, x, exact, "asymmetric", "floor"))]
    }
    return [.data(try resized(operation, x, scales: exact, .nearest))]
  }

  private static func resize(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let x = try operation.numbers(0)
    let mode = try operation.text("mode", default: "nearest")
    // Version 10 has only this way to find the place of a pixel.
    let isOld = operation.version < 11
    // It rounds as onnxruntime does: up where an axis becomes shorter.
    let usualRounding = isOld ? "simple" : "round_prefer_floor"
    let place = try operation.text("coordinate_transformation_mode", default: isOld ? "asymmetric" : "half_pixel")
    let rounding = try operation.text("nearest_mode", default: usualRounding)
    let cubic = try operation.float("cubic_coeff_a", default: -0.75)
    let excludes = try operation.flag("exclude_outside")
    let antialiases = try operation.flag("antialias")
    _ = try operation.float("extrapolation_value", default: 0)
    let policy = try operation.text("keep_aspect_ratio_policy", default: "stretch")
    guard policy == "stretch" else {
      throw operation.unsupported("keep_aspect_ratio_policy = \(policy)", expected: "stretch")
    }
    let axes = try operation.integers("axes")?.map { try operation.axis($0, rank: x.rank) } ?? Array(0..<x.rank)
    let scales = try operation.scales(x, axes)
    switch mode {
    case "nearest":
      let isSame =
        place == "asymmetric" && ["floor", "simple"].contains(rounding)
        || place == "half_pixel" && rounding.hasPrefix("round_prefer")
      if isSame, scales.allSatisfy({ $0 == $0.rounded() }) {
        return [.data(try resized(operation, x, scales: scales, .nearest))]
      }
      return [.data(try nearest(operation, x, scales, place, rounding))]
    case "linear", "cubic":
      guard ["half_pixel", "pytorch_half_pixel", "half_pixel_symmetric"].contains(place) else {
        throw operation.unsupported("coordinate_transformation_mode = \(place)", expected: "half_pixel")
      }
      guard mode == "linear" || cubic == -0.5 && excludes else {
        throw operation.unsupported(
          "cubic_coeff_a = \(cubic), exclude_outside = \(excludes ? 1 : 0)", expected: "-0.5 and 1")
      }
      let method = mode == "linear" ? Resampling.bilinear : .bicubic
      let single = place == "pytorch_half_pixel" ? singles(of: x, scales) : []
      guard single.isEmpty || !antialiases else {
        throw operation.unsupported("antialias to a length of 1 with pytorch_half_pixel", expected: "half_pixel")
      }
      let first = try single.reduce(x) { try operation.first(of: $0, axis: $1) }
      let rest = scales.indices.map { single.contains($0) ? 1 : scales[$0] }
      return [.data(try resized(operation, first, scales: rest, method, antialiases: antialiases))]
    default: throw operation.unsupported("mode = \(mode)", expected: "nearest, linear or cubic")
    }
  }

  /// The axes of which one element is left. With `pytorch_half_pixel` it is the first one, and no mean.
  private static func singles(of x: ONNXData, _ scales: [Double]) -> [Int] {
    scales.indices.filter { axis in
      x.lengths[axis].map { $0 > 1 && (Double($0) * scales[axis] + 1e-3).rounded(.down) == 1 } ?? false
    }
  }

  /// Elements repeated or left out along any axes.
  private static func nearest(
    _ operation: ONNXOperation, _ x: ONNXData, _ scales: [Double], _ place: String, _ rounding: String
  ) throws -> ONNXData {
    let counts = zip(x.lengths, scales).map { (Double($0 ?? 1) * $1 + 1e-6).rounded(.down) }
    // A scale that is too small to change a length changes nothing, if no other one does.
    if zip(x.lengths, counts).allSatisfy({ Double($0 ?? 1) == $1 }) { return x }
    var result = x
    for (axis, scale) in scales.enumerated() where scale != 1 {
      guard let length = x.lengths[axis], length > 1, let position = result.axes[axis] else {
        throw operation.unsupported(
          "a scale \(scale) of axis \(axis)", expected: "1 for the examples and single elements")
      }
      let count = counts[axis]
      guard count >= 1, count < 0x1p31 else {
        throw operation.unsupported("a length of \(count)", expected: "1 or more")
      }
      try operation.reading.spend(Int(count))
      let mode = rounding != "simple" ? rounding : scale < 1 ? "ceil" : "floor"
      // As in onnxruntime, with the numbers of single precision that decide on ties.
      let places = try (0..<Int(count)).map { index in
        let exact = try operation.place(
          of: Float(index), scale: Float(scale), count: Float(count), length: Float(length), place)
        return min(max(Int(try operation.rounded(exact, mode)), 0), length - 1)
      }
      result = try operation.call(GatherLayer(axis: position - 1, places), result, part: "axis\(axis)")
    }
    return result
  }

  private static func resized(
    _ operation: ONNXOperation, _ x: ONNXData, scales: [Double], _ method: Resampling, antialiases: Bool = false
  ) throws -> ONNXData {
    guard x.rank == 4, scales.count == 4, x.batchAxis == 0, scales[0] == 1 else {
      throw operation.unsupported("\(scales.count) scales of \(x.rank) axes", expected: "those of images")
    }
    let changed = (1..<4).filter { scales[$0] != 1 }
    guard !changed.isEmpty else { return x }
    // Channels are never changed; where an image lies as [N, H, W, C], they are the last axis.
    let channels = changed.contains(1) ? 3 : 1
    guard !changed.contains(channels) else {
      throw operation.unsupported("a change of the channels", expected: "of rows and columns")
    }
    let spatial = (1..<4).filter { $0 != channels }
    let image = try operation.arranged(x, [0, channels] + spatial)
    let lengths = try spatial.map { axis -> Int in
      let exact = Double(x.lengths[axis] ?? 1) * scales[axis]
      guard exact.rounded() >= 1, exact < 0x1p31, abs(exact - exact.rounded()) < 1e-3 else {
        throw operation.unsupported("a length of \(exact)", expected: "a whole one")
      }
      return Int(exact.rounded())
    }
    let (rows, columns) = (image.example[1], image.example[2])
    if lengths[0] % rows == 0, lengths[1] % columns == 0, !antialiases {
      let size = Size(height: lengths[0] / rows, width: lengths[1] / columns)
      return try operation.call(UpSampling2D(size, interpolation: method), image)
    }
    let size = Size(height: lengths[0], width: lengths[1])
    return try operation.call(Resizing(size, interpolation: method, antialiases: antialiases), image)
  }
}

extension ONNXOperation {
  /// The first element along an axis.
  fileprivate func first(of x: ONNXData, axis: Int) throws -> ONNXData {
    guard let place = x.axes[axis], place > 0 else { return x }
    return try call(GatherLayer(axis: place - 1, [0]), x, part: "first\(axis)")
  }

  /// The place in the input of an element of the output.
  fileprivate func place(
    of index: Float, scale: Float, count: Float, length: Float, _ transformation: String
  ) throws -> Float {
    switch transformation {
    case "asymmetric": index / scale
    case "half_pixel": (index + 0.5) / scale - 0.5
    case "pytorch_half_pixel": count > 1 ? (index + 0.5) / scale - 0.5 : 0
    case "align_corners": count > 1 ? index * (length - 1) / (count - 1) : 0
    default:
      throw unsupported(
        "coordinate_transformation_mode = \(transformation)",
        expected: "asymmetric, half_pixel, pytorch_half_pixel or align_corners")
    }
  }

  fileprivate func rounded(_ place: Float, _ rounding: String) throws -> Float {
    switch rounding {
    case "floor": place.rounded(.down)
    case "ceil": place.rounded(.up)
    case "round_prefer_floor": (place - 0.5).rounded(.up)
    case "round_prefer_ceil": (place + 0.5).rounded(.down)
    default: throw unsupported("nearest_mode = \(rounding)", expected: "floor, ceil or round_prefer_floor")
    }
  }

  /// The scale of each axis, given or by the new lengths.
  fileprivate func scales(_ x: ONNXData, _ axes: [Int]) throws -> [Double] {
    var result = [Double](repeating: 1, count: x.rank)
    let index = version < 11 ? 1 : 2
    if has(index), case .constant(let constant) = try value(index), constant.count > 0 {
      let given = try weight(index).scalars
      guard given.count == axes.count, given.allSatisfy({ $0 > 0 && $0.isFinite }) else {
        throw unsupported("scales \(given)", expected: "\(axes.count) numbers above 0")
      }
      for (axis, scale) in zip(axes, given) { result[axis] = Double(scale) }
      return result
    }
    guard case .constant(.integers(let sizes)) = try value(3), sizes.values.count == axes.count else {
      throw unsupported("no scales and no sizes", expected: "one of them")
    }
    for (axis, size) in zip(axes, try lengths(sizes)) {
      guard let size, let length = x.lengths[axis] else {
        guard size == nil, x.lengths[axis] == nil else {
          throw unsupported("another number of examples", expected: "the same")
        }
        continue
      }
      guard (1...Int(Int32.max)).contains(size) else { throw unsupported("a length \(size)", expected: "1 or more") }
      result[axis] = Double(size) / Double(length)
    }
    return result
  }
}
