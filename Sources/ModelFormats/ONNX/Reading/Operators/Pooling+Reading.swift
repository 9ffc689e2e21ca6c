import NN
import Tensor

extension ONNXOperators {
  static let pooling: [String: ONNXBuilder] = [
    "MaxPool": maxPool, "AveragePool": averagePool,
    "GlobalAveragePool": {
      try global($0, image: GlobalAveragePool2D(), sequence: GlobalAveragePool1D(), volume: GlobalAveragePool3D())
    },
    "GlobalMaxPool": {
      try global($0, image: GlobalMaxPool2D(), sequence: GlobalMaxPool1D(), volume: GlobalMaxPool3D())
    },
  ]

  private static func window(
    _ operation: ONNXOperation
  ) throws -> (image: ONNXData, isSequence: Bool, window: ONNXWindow) {
    let (image, isSequence) = try operation.image(operation.numbers(0))
    var window = try operation.window(on: Array(image.example.dropFirst(isSequence ? 2 : 1)), size: nil)
    guard window.axes.allSatisfy({ $0.dilation == 1 }) else {
      throw operation.unsupported("dilations other than 1", expected: "a pooling window without gaps")
    }
    if isSequence { window.axes.insert(.init(size: 1, stride: 1, dilation: 1), at: 0) }
    return (image, isSequence, window)
  }

  private static func maxPool(_ operation: ONNXOperation) throws -> [ONNXValue] {
    try operation.require("storage_order", is: 0)
    let x = try operation.numbers(0)
    if x.rank == 5 {
      return [.data(try operation.volumePooling(x, countsPadding: false) { MaxPool3D($0, stride: $1, padding: $2) })]
    }
    var (image, isSequence, window) = try window(operation)
    // Behind a ReLU, zeros are as good as no elements. Keras has this form alone.
    if case .explicit(let top, let bottom, let left, let right) = window.onImage(image.example).padding,
      let maker = operation.reading.maker(of: operation.node.inputs[0]), maker.operation == "Relu"
    {
      let padding = ZeroPad2D(top: top, bottom: bottom, left: left, right: right)
      image = try operation.call(padding, image, part: "pad")
      for index in window.axes.indices {
        (window.axes[index].before, window.axes[index].after, window.axes[index].excess) = (0, 0, 0)
      }
    }
    let placed = window.onImage(image.example)
    let layer = MaxPool2D(placed.size, stride: placed.stride, padding: placed.padding)
    return [.data(try operation.callOnImage(layer, image, isSequence: isSequence))]
  }

  /// Padding that counts becomes a layer of its own in front.
  private static func averagePool(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let countsPadding = try operation.flag("count_include_pad")
    let x = try operation.numbers(0)
    if x.rank == 5 {
      return [
        .data(
          try operation.volumePooling(x, countsPadding: countsPadding) { AveragePool3D($0, stride: $1, padding: $2) })
      ]
    }
    var (image, isSequence, window) = try window(operation)
    if countsPadding, window.isPadded {
      // Of what the last window of ceil_mode reaches, a part counts.
      guard try !operation.flag("ceil_mode") else {
        throw operation.unsupported("ceil_mode with padding that counts", expected: "one of both")
      }
      let (rows, columns) = (window.axes[0], window.axes[1])
      let padding = ZeroPad2D(top: rows.before, bottom: rows.after, left: columns.before, right: columns.after)
      image = try operation.call(padding, image, part: "pad")
      for index in window.axes.indices { (window.axes[index].before, window.axes[index].after) = (0, 0) }
    }
    let placed = window.onImage(image.example)
    let layer = AveragePool2D(placed.size, stride: placed.stride, padding: placed.padding)
    return [.data(try operation.callOnImage(layer, image, isSequence: isSequence))]
  }

  private static func global(
    _ operation: ONNXOperation, image: any Layer, sequence: any Layer, volume: any Layer
  ) throws -> [ONNXValue] {
    let x = try operation.numbers(0)
    switch x.rank {
    case 4:
      return [.data(try operation.call(image, operation.arranged(x, [0, 1, 2, 3]), axes: [0, 1, nil, nil]))]
    case 3: return [.data(try operation.call(sequence, operation.arranged(x, [0, 2, 1]), axes: [0, 1, nil]))]
    case 5: return [.data(try operation.call(volume, operation.volume(x), axes: [0, 1, nil, nil, nil]))]
    default: throw operation.unsupported("an input of \(x.rank) axes", expected: "images, sequences or volumes")
    }
  }
}
