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
    return [.data(try resized(operation, x, scales: scales.map { Double($0) }, .nearest, isWhole: true))]
  }

  private static func resize(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let x = try operation.numbers(0)
    let mode = try operation.text("mode", default: "nearest")
    // Version 10 has only this way to find the place of a pixel.
    let isOld = operation.version < 11
    let place = try operation.text("coordinate_transformation_mode", default: isOld ? "asymmetric" : "half_pixel")
    let rounding = try operation.text("nearest_mode", default: isOld ? "floor" : "round_prefer_floor")
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
      guard place == "asymmetric" && rounding == "floor" || place == "half_pixel" && rounding.hasPrefix("round_prefer")
      else {
        throw operation.unsupported(
          "nearest pixels with \(place) and \(rounding)", expected: "half_pixel and rounding, or asymmetric and floor")
      }
      let isExact = place == "half_pixel" && rounding == "round_prefer_ceil"
      return [.data(try resized(operation, x, scales: scales, .nearest, isWhole: !isExact))]
    case "linear", "cubic":
      guard ["half_pixel", "pytorch_half_pixel", "half_pixel_symmetric"].contains(place) else {
        throw operation.unsupported("coordinate_transformation_mode = \(place)", expected: "half_pixel")
      }
      guard mode == "linear" || cubic == -0.5 && excludes else {
        throw operation.unsupported(
          "cubic_coeff_a = \(cubic), exclude_outside = \(excludes ? 1 : 0)", expected: "-0.5 and 1")
      }
      let method = mode == "linear" ? Resampling.bilinear : .bicubic
      return [.data(try resized(operation, x, scales: scales, method, isWhole: false, antialiases: antialiases))]
    default: throw operation.unsupported("mode = \(mode)", expected: "nearest, linear or cubic")
    }
  }

  /// - Parameter isWhole: whether only whole multiples of the lengths have the same pixels in Kilim.
  private static func resized(
    _ operation: ONNXOperation, _ x: ONNXData, scales: [Double], _ method: Resampling, isWhole: Bool,
    antialiases: Bool = false
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
    guard !isWhole else {
      throw operation.unsupported("nearest pixels of \(lengths) of \([rows, columns])", expected: "whole multiples")
    }
    let size = Size(height: lengths[0], width: lengths[1])
    return try operation.call(Resizing(size, interpolation: method, antialiases: antialiases), image)
  }
}

extension ONNXOperation {
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
    for (axis, size) in zip(axes, sizes.values) {
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
