import NN
import Tensor

/// The window of a convolution or pooling along each of its axes.
struct ONNXWindow {
  /// One axis.
  struct Axis {
    var size, stride, dilation: Int
    var before = 0
    var after = 0
    /// How far the last window of `ceil_mode` reaches beyond the padding.
    var excess = 0

    /// How many elements the window reaches over.
    var extent: Int { (size - 1) * dilation + 1 }

    /// The padding at both ends together with which there are ⌈length / stride⌉ windows.
    func samePadding(on length: Int) -> Int {
      max(((length + stride - 1) / stride - 1) * stride + extent - length, 0)
    }
  }

  var axes: [Axis]

  /// Whether there is padding.
  var isPadded: Bool { axes.contains { $0.before + $0.after + $0.excess > 0 } }

  /// The window for images, with two axes.
  func onImage(_ example: Shape) -> Window {
    let (rows, columns) = (axes[0], axes[1])
    var window = Window(
      Size(height: rows.size, width: columns.size), stride: Size(height: rows.stride, width: columns.stride),
      dilation: Size(height: rows.dilation, width: columns.dilation))
    let (bottom, right) = (rows.after + rows.excess, columns.after + columns.excess)
    guard isPadded else { return window }
    window.padding = .same
    if window.onnxPads(onImageOf: example) != [rows.before, columns.before, bottom, right] {
      window.padding = .explicit(top: rows.before, bottom: bottom, left: columns.before, right: right)
    }
    return window
  }
}

extension ONNXOperation {
  /// Reads strides, dilations and padding.
  ///
  /// - Parameters:
  ///   - lengths: of the image, without examples and channels.
  ///   - size: of the window, that of the weight; `nil` for what `kernel_shape` says.
  func window(on lengths: [Int], size: [Int]?) throws -> ONNXWindow {
    let kernel = try integers("kernel_shape")
    guard let size = size ?? kernel, kernel ?? size == size, size.count == lengths.count else {
      throw unsupported("a kernel_shape \(kernel ?? [])", expected: "\(size ?? []) of \(lengths.count) axes")
    }
    let strides = try integers("strides") ?? lengths.map { _ in 1 }
    let dilations = try integers("dilations") ?? lengths.map { _ in 1 }
    let pads = try integers("pads") ?? lengths.flatMap { _ in [0, 0] }
    let mode = try text("auto_pad", default: "NOTSET")
    let sensible = 1...Int(Int32.max)
    guard lengths.allSatisfy({ $0 < 1 << 40 }) else {
      throw unsupported("an image of \(lengths)", expected: "a smaller one")
    }
    guard strides.count == size.count, dilations.count == size.count, pads.count == 2 * size.count,
      (size + strides + dilations).allSatisfy(sensible.contains),
      pads.allSatisfy({ (0...Int(Int32.max)).contains($0) })
    else {
      throw unsupported(
        "a window of \(size), strides \(strides), dilations \(dilations) and pads \(pads)",
        expected: "\(lengths.count) numbers from 1 on for each, and pads from 0 on")
    }
    let isCeiling = try node.operation.hasSuffix("Pool") ? flag("ceil_mode") : false
    let axes = try lengths.indices.map { index -> ONNXWindow.Axis in
      var axis = ONNXWindow.Axis(size: size[index], stride: strides[index], dilation: dilations[index])
      let length = lengths[index]
      switch mode {
      case "NOTSET": (axis.before, axis.after) = (pads[index], pads[index + size.count])
      case "VALID": break
      case "SAME_UPPER", "SAME_LOWER":
        let total = axis.samePadding(on: length)
        let half = total / 2
        (axis.before, axis.after) = mode == "SAME_UPPER" ? (half, total - half) : (total - half, half)
      default: throw unsupported("auto_pad = \(mode)", expected: "NOTSET, VALID, SAME_UPPER or SAME_LOWER")
      }
      let padded = length + axis.before + axis.after
      guard padded >= axis.extent else {
        throw unsupported("a window of \(axis.extent) elements on \(padded)", expected: "a window that fits")
      }
      if isCeiling {
        let missing = (axis.stride - (padded - axis.extent) % axis.stride) % axis.stride
        // A window that would begin in the padding behind the image is not taken.
        if padded - axis.extent + missing < length + axis.before { axis.excess = missing }
      }
      return axis
    }
    return ONNXWindow(axes: axes)
  }

  /// An image [N, C, H, W] in Kilim's order; a sequence [N, C, L] as an image of one row.
  func image(_ data: ONNXData) throws -> (image: ONNXData, isSequence: Bool) {
    switch data.rank {
    case 4: return (try arranged(data, [0, 1, 2, 3]), false)
    case 3:
      let rows = data.viewed(as: [data.axes[0], data.axes[1], nil, data.axes[2]])
      return (try arranged(rows, [0, 1, 2, 3]), true)
    default: throw unsupported("an input of \(data.rank) axes", expected: "[N, C, H, W] or [N, C, L]")
    }
  }

  /// Calls a layer of images on images or sequences.
  func callOnImage(_ layer: any Layer, _ data: ONNXData, isSequence: Bool) throws -> ONNXData {
    try call(layer, data, axes: isSequence ? [0, 1, 3] : [0, 1, 2, 3])
  }
}
