import NN
import Tensor

// Kilim's volumes are [N, D, C, H, W], ONNX's windows slide over [N, C, D, H, W].

extension ONNXOperation {
  /// A convolution of volumes.
  func volumeConvolution(
    _ x: ONNXData, _ weight: Tensor<Float>, _ bias: Tensor<Float>?, groups: Int
  ) throws -> ONNXData {
    var volume = try self.volume(x)
    let window = try window(on: volume.example.volumeLengths, size: Array(weight.shape.dropFirst(2)))
    if window.isPadded { volume = try call(ZeroPad3D(around: window), volume, part: "pad") }
    let layer = Conv3D(
      weight.shape[0], kernelSize: window.volume(\.size), stride: window.volume(\.stride),
      dilation: window.volume(\.dilation), groups: groups, useBias: bias != nil)
    layer.weight.set(weight)
    layer.bias?.set(bias)
    return try call(layer, volume)
  }

  /// A pooling of volumes.
  ///
  /// - Parameter countsPadding: whether zeros around the volume count, as in a mean with `count_include_pad`.
  func volumePooling(
    _ x: ONNXData, countsPadding: Bool,
    _ layer: (VolumeSize, VolumeSize, VolumePadding) -> any Layer
  ) throws -> ONNXData {
    var volume = try self.volume(x)
    let window = try window(on: volume.example.volumeLengths, size: nil)
    guard window.axes.allSatisfy({ $0.dilation == 1 && $0.excess == 0 }) else {
      throw unsupported("gaps or ceil_mode in a pooling of volumes", expected: "neither")
    }
    var padding = VolumePadding.valid
    if countsPadding, window.isPadded {
      volume = try call(ZeroPad3D(around: window), volume, part: "pad")
    } else if window.isPadded {
      padding = .same
      guard zip(window.axes, volume.example.volumeLengths).allSatisfy({ $0.isSame(on: $1) }) else {
        throw unsupported("other padding in a pooling of volumes", expected: "none, or as many windows as strides")
      }
    }
    return try call(layer(window.volume(\.size), window.volume(\.stride), padding), volume)
  }

  /// A volume in Kilim's order.
  func volume(_ x: ONNXData) throws -> ONNXData { try arranged(x, [0, 2, 1, 3, 4]) }
}

extension ONNXWindow {
  /// A property of each of three axes.
  fileprivate func volume(_ property: (Axis) -> Int) -> VolumeSize {
    VolumeSize(depth: property(axes[0]), height: property(axes[1]), width: property(axes[2]))
  }
}

extension ONNXWindow.Axis {
  /// Whether the padding is that of `.same`, with the larger part behind.
  fileprivate func isSame(on length: Int) -> Bool {
    let total = samePadding(on: length)
    return (before, after) == (total / 2, total - total / 2)
  }
}

extension ZeroPad3D {
  fileprivate convenience init(around window: ONNXWindow) {
    let ends = window.axes.map { VolumeEnds(before: $0.before, after: $0.after) }
    self.init(depth: ends[0], height: ends[1], width: ends[2])
  }
}

extension Shape {
  /// Depth, height and width of a volume [D, C, H, W].
  fileprivate var volumeLengths: [Int] { [self[0], self[2], self[3]] }
}
