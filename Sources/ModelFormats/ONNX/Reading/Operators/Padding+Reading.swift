import NN
import Tensor

extension ONNXOperators {
  static let padding: [String: ONNXBuilder] = ["Pad": pad, "Tile": tile]

  private static func pad(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let mode = try operation.text("mode", default: "constant")
    let attributes = (try operation.integers("pads"), try operation.float("value", default: 0))
    let x = try operation.numbers(0)
    guard let pads = operation.has(1) ? try operation.list(1) : attributes.0 else {
      throw operation.error(.damaged("it has no pads"))
    }
    let filler = operation.has(2) ? try operation.weight(2).scalars.first ?? 0 : attributes.1
    let axes = try operation.axes(input: 3, rank: x.rank) ?? Array(0..<x.rank)
    guard pads.count == 2 * axes.count, pads.allSatisfy({ (0...Int(Int32.max)).contains($0) }) else {
      throw operation.unsupported("pads \(pads)", expected: "two numbers from 0 on for each of \(axes.count) axes")
    }
    var amounts = [Int: (before: Int, after: Int)]()
    for (index, axis) in axes.enumerated() where pads[index] + pads[index + axes.count] > 0 {
      amounts[axis] = (pads[index], pads[index + axes.count])
    }
    guard !amounts.isEmpty else { return [.data(x)] }
    guard amounts[x.batchAxis ?? 0] == nil else {
      throw operation.unsupported("padding between examples", expected: "padding around each")
    }
    guard mode == "constant" else {
      return [
        .data(
          try amounts.sorted { $0.key < $1.key }.reduce(x) { try operation.padded($0, mode, axis: $1.key, $1.value) })
      ]
    }
    let full = amounts.keys.contains { x.axes[$0] == nil } ? try operation.arranged(x, Array(0..<x.rank)) : x
    let places = amounts.keys.map { full.axes[$0] ?? 0 }
    func amount(_ place: Int) -> (before: Int, after: Int) {
      full.axes.firstIndex(of: place).flatMap { amounts[$0] } ?? (0, 0)
    }
    if filler == 0, full.example.rank == 3, places.allSatisfy({ $0 > 1 }) {
      let (rows, columns) = (amount(2), amount(3))
      let layer = ZeroPad2D(top: rows.before, bottom: rows.after, left: columns.before, right: columns.after)
      return [.data(try operation.call(layer, full))]
    }
    if filler == 0, full.example.rank == 2, places == [1] {
      return [.data(try operation.call(ZeroPad1D(before: amount(1).before, after: amount(1).after), full))]
    }
    let layer = PadLayer((1...full.example.rank).map(amount), with: filler)
    return [.data(try operation.call(layer, full))]
  }

  private static func tile(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let counts = try operation.list(1)
    if case .constant(let constant) = try operation.value(0) {
      return [try operation.tiled(constant, counts)]
    }
    let x = try operation.data(0)
    guard counts.count == x.rank, counts.allSatisfy({ (1...Int(Int32.max)).contains($0) }),
      counts[x.batchAxis ?? 0] == 1
    else { throw operation.unsupported("repeats \(counts)", expected: "one number for each axis, 1 for the examples") }
    return [.data(try operation.tiled(x, counts))]
  }
}

extension ONNXOperation {
  /// Copies of each example one behind the other.
  ///
  /// - Parameter counts: how many along each axis, 1 for the examples.
  func tiled(_ x: ONNXData, _ counts: [Int]) throws -> ONNXData {
    var result = x
    for (axis, count) in counts.enumerated() where count > 1 {
      let full = try withAxis(axis, result)
      result = try call(TileLayer(axis: (full.axes[axis] ?? 1) - 1, count: count), full).keeping(kindOf: x)
    }
    return result
  }

  /// Copies of a constant one behind the other.
  fileprivate func tiled(_ constant: ONNXConstant, _ counts: [Int]) throws -> ONNXValue {
    guard counts.count == constant.lengths.count, counts.allSatisfy({ (1...Int(Int32.max)).contains($0) }) else {
      throw unsupported("repeats \(counts)", expected: "one number for each axis")
    }
    var result = ONNXValue.constant(constant)
    for (axis, count) in counts.enumerated() where count > 1 {
      let length = constant.lengths[axis]
      let (total, overflows) = length.multipliedReportingOverflow(by: count)
      guard !overflows else { throw unsupported("\(count) copies", expected: "fewer") }
      try reading.spend(total)
      result = try gathered(result, axis: axis, (0..<total).map { $0 % length })
    }
    return result
  }

  /// A value whose tensor in Kilim has an axis, also one of length 1.
  private func withAxis(_ axis: Int, _ x: ONNXData) throws -> ONNXData {
    x.axes[axis] == nil ? try arranged(x, x.order + [axis]) : x
  }

  /// Elements of each example put around it along an axis: mirrored at the ends, those at the ends, or those of the other end.
  fileprivate func padded(
    _ x: ONNXData, _ mode: String, axis: Int, _ amount: (before: Int, after: Int)
  ) throws -> ONNXData {
    let length = x.lengths[axis] ?? 1
    let place: (Int) -> Int
    switch mode {
    case "reflect" where max(amount.before, amount.after) < length:
      place = { $0 < 0 ? -$0 : $0 < length ? $0 : 2 * (length - 1) - $0 }
    case "edge": place = { min(max($0, 0), length - 1) }
    case "wrap" where max(amount.before, amount.after) <= length:
      place = { ($0 + length) % length }
    default:
      throw unsupported(
        "padding of mode \(mode) by \(amount) of \(length)", expected: "constant, edge, or reflect or wrap by less")
    }
    try reading.spend(amount.before + length + amount.after)
    let full = try withAxis(axis, x)
    let layer = GatherLayer(axis: (full.axes[axis] ?? 1) - 1, (-amount.before..<length + amount.after).map(place))
    return try call(layer, full, part: "axis\(axis)")
  }
}
