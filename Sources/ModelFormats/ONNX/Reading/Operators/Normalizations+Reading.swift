import NN
import Tensor

extension ONNXOperators {
  static let normalizations: [String: ONNXBuilder] = [
    "BatchNormalization": batchNormalization, "LayerNormalization": layerNormalization,
    "InstanceNormalization": { operation in
      try groupNormalization(operation, groups: nil, scale: operation.weight(1), shift: operation.weight(2))
    },
    "GroupNormalization": { operation in
      let groups = try operation.integer("num_groups", default: 0)
      _ = try operation.integer("stash_type", default: 1)
      var (scale, shift) = (try operation.weight(1), try operation.weight(2))
      let channels = try operation.numbers(0).lengths.dropFirst().first.flatMap { $0 } ?? 0
      // Before version 21 there is one number for each group.
      if operation.version < 21, groups > 0, scale.count == groups, shift.count == groups, channels % groups == 0 {
        try operation.reading.spend(channels)
        (scale, shift) = (scale.repeated(channels / groups), shift.repeated(channels / groups))
      }
      return try groupNormalization(operation, groups: groups, scale: scale, shift: shift)
    },
    "LRN": { operation in
      let x = try operation.numbers(0)
      let layer = LocalResponseLayer(
        size: try operation.integer("size", default: 0), alpha: try operation.float("alpha", default: 1e-4),
        beta: try operation.float("beta", default: 0.75), bias: try operation.float("bias", default: 1))
      return [.data(try operation.call(layer, operation.arranged(x, Array(0..<x.rank))))]
    },
    "LpNormalization": { operation in
      throw operation.unsupported("the operator", expected: "a normalization with a least length, such as UnitNorm's")
    },
  ]

  /// The value with the channels, axis 1 of the graph's tensor, where Kilim's normalizations have them.
  private static func channels(_ operation: ONNXOperation) throws -> ONNXData {
    let x = try operation.numbers(0)
    switch x.rank {
    case 2: return try operation.arranged(x, [0, 1])
    case 3: return try operation.arranged(x, [0, 2, 1])
    case 4: return try operation.arranged(x, [0, 1, 2, 3])
    case 5 where operation.node.operation == "BatchNormalization": return try operation.volume(x)
    default: throw operation.unsupported("an input of \(x.rank) axes", expected: "2 to 4")
    }
  }

  private static func batchNormalization(_ operation: ONNXOperation) throws -> [ONNXValue] {
    try operation.require("training_mode", is: 0)
    try operation.require("spatial", is: 1)
    let momentum = try operation.float("momentum", default: 0.9)
    let layer = BatchNorm(momentum: momentum, epsilon: try operation.float("epsilon", default: 1e-5))
    layer.scale?.set(try operation.weight(1))
    layer.shift?.set(try operation.weight(2))
    layer.runningMean.set(try operation.weight(3))
    layer.runningVariance.set(try operation.weight(4))
    return [.data(try operation.call(layer, channels(operation)))]
  }

  private static func groupNormalization(
    _ operation: ONNXOperation, groups: Int?, scale: Tensor<Float>, shift: Tensor<Float>
  ) throws -> [ONNXValue] {
    let layer = GroupNorm(groups: groups, epsilon: try operation.float("epsilon", default: 1e-5))
    layer.scale?.set(scale)
    layer.shift?.set(shift)
    return [.data(try operation.call(layer, channels(operation)))]
  }

  private static func layerNormalization(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let x = try operation.numbers(0)
    let axis = try operation.axis(operation.integer("axis", default: -1), rank: x.rank)
    let epsilon = try operation.float("epsilon", default: 1e-5)
    _ = try operation.integer("stash_type", default: 1)
    let (scale, shift) = (try operation.weight(1), operation.has(2) ? try operation.weight(2) : nil)
    guard axis > 0 else { throw operation.unsupported("the axis of the examples", expected: "another one") }
    let lengths = x.lengths[axis...].map { $0 ?? 0 }
    for weight in [scale, shift].compactMap(\.self)
    where Shape.broadcast(weight.shape, Shape(lengths)) != Shape(lengths) {
      throw operation.unsupported("a weight \(weight.shape)", expected: "one that fits \(lengths)")
    }
    try operation.reading.spend(Shape(lengths).elementCount)
    func full(_ weight: Tensor<Float>) -> Tensor<Float> { weight.broadcast(to: Shape(lengths)) }
    if axis == x.rank - 1, x.rank <= 4 {
      let arranged = try operation.arranged(x, x.rank == 4 ? [0, 3, 1, 2] : Array(0..<x.rank))
      let layer = LayerNorm(epsilon: epsilon, useShift: shift != nil)
      layer.scale?.set(full(scale))
      layer.shift?.set(shift.map(full))
      return [.data(try operation.call(layer, arranged))]
    }
    let arranged = try operation.arranged(x, Array(0..<x.rank))
    let layer = LayerNorm(axes: Array(axis..<x.rank), epsilon: epsilon, useShift: shift != nil)
    let shape = [Int](repeating: 1, count: axis - 1) + lengths
    layer.scale?.set(full(scale).reshaped(to: shape))
    layer.shift?.set(shift.map { full($0).reshaped(to: shape) })
    return [.data(try operation.call(layer, arranged))]
  }
}

extension Tensor<Float> {
  /// Each element several times.
  fileprivate func repeated(_ times: Int) -> Tensor {
    reshaped(to: [count, 1]).broadcast(to: [count, times]).reshaped(to: [count * times])
  }
}
