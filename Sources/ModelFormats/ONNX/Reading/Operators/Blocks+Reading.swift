import NN

extension ONNXOperators {
  static let blocks: [String: ONNXBuilder] = ["DepthToSpace": depthToSpace, "SpaceToDepth": spaceToDepth]

  /// Blocks of channels become blocks of pixels. With the mode `CRD`, the channels of a block lie next to each other.
  private static func depthToSpace(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let (x, block) = (try operation.data(0), try operation.integer("blocksize", default: 0))
    let mode = try operation.text("mode", default: "DCR")
    guard x.rank == 4, x.batchAxis == 0, let channels = x.lengths[1], let rows = x.lengths[2],
      let columns = x.lengths[3],
      (1...1 << 15).contains(block), channels % (block * block) == 0, ["DCR", "CRD"].contains(mode)
    else { throw operation.unsupported("blocks of \(block) and mode \(mode)", expected: "images with such blocks") }
    let rest = channels / (block * block)
    let isInner = mode == "CRD"
    let split = try operation.reshaped(
      .data(x), to: isInner ? [nil, rest, block, block, rows, columns] : [nil, block, block, rest, rows, columns])
    return [
      try operation.reshaped(
        operation.turned(split, isInner ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]),
        to: [nil, rest, rows * block, columns * block])
    ]
  }

  /// Blocks of pixels become channels, which lie block by block.
  private static func spaceToDepth(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let (x, block) = (try operation.data(0), try operation.integer("blocksize", default: 0))
    guard x.rank == 4, x.batchAxis == 0, let channels = x.lengths[1], let rows = x.lengths[2],
      let columns = x.lengths[3],
      rows > 0, columns > 0, (1...1 << 15).contains(block), rows % block == 0, columns % block == 0
    else { throw operation.unsupported("blocks of \(block)", expected: "images with such blocks") }
    let split = try operation.reshaped(
      .data(x), to: [nil, channels, rows / block, block, columns / block, block])
    return [
      try operation.reshaped(
        operation.turned(split, [0, 3, 5, 1, 2, 4]),
        to: [nil, channels * block * block, rows / block, columns / block])
    ]
  }
}

extension ONNXOperation {
  /// A value with its axes in another order.
  fileprivate func turned(_ value: ONNXValue, _ order: [Int]) -> ONNXValue {
    guard case .data(let data) = value else { return value }
    return .data(data.viewed(as: order.map { data.axes[$0] }))
  }
}
