import NN
import Tensor

extension ONNXOperation {
  /// The value with the axes of the graph's tensor in this order in Kilim, the examples first. Axes that are not named
  /// have length 1.
  func arranged(_ data: ONNXData, _ order: [Int]) throws -> ONNXData {
    guard data.joined.isEmpty else { throw joinsExamples() }
    guard order.allSatisfy((0..<data.rank).contains) else {
      throw unsupported("a value of \(data.rank) axes", expected: "at least \((order.max() ?? 0) + 1)")
    }
    guard let batch = data.batchAxis, batch == order.first else {
      throw unsupported(
        "examples along axis \(data.batchAxis ?? 0)", expected: "them along axis \(order.first ?? 0)")
    }
    var wanted = [Int?](repeating: nil, count: data.rank)
    for (place, axis) in order.enumerated() { wanted[axis] = place }
    var current = data
    let named = order.compactMap { data.axes[$0] }
    let long = named.filter { $0 == 0 || data.example[$0 - 1] != 1 }
    if long != long.sorted() {
      let all = named.dropFirst() + (1...data.example.rank).filter { !named.contains($0) }
      current = try call(Permute(all.map { $0 - 1 }), current, axes: wanted, part: "permute").keeping(kindOf: data)
    }
    let target = Shape(order.dropFirst().map { axis in data.axes[axis].map { data.example[$0 - 1] } ?? 1 })
    if current.example != target {
      let layer: any Layer = target.rank == 1 ? Flatten() : Reshape(Array(target), order: target.orderOfReshape)
      current = try call(layer, current, axes: wanted, part: "reshape").keeping(kindOf: data)
    }
    return current.viewed(as: wanted)
  }

  /// Values with the axes that they share in one order, for a layer that merges them.
  ///
  /// - Returns: the inputs of the layer, and the axes of the graph's tensor in the order of the result.
  func aligned(_ values: [ONNXData]) throws -> (
    inputs: [(symbol: SymbolicValue, example: Shape)], order: [Int], rank: Int
  ) {
    let rank = values.map(\.rank).max() ?? 0
    let padded = values.map { $0.viewed(as: Array(repeating: nil, count: rank - $0.rank) + $0.axes) }
    guard let batch = padded.first?.batchAxis, padded.allSatisfy({ $0.batchAxis == batch }) else {
      throw unsupported("values of \(values.map(\.rank)) axes", expected: "the examples along the same axis of all")
    }
    let used = (0..<rank).filter { axis in
      axis == batch || padded.contains { $0.axes[axis] != nil && $0.lengths[axis] != 1 }
    }
    let leader = padded.first { value in used.allSatisfy { value.axes[$0] != nil } }
    let order = leader?.order ?? [batch] + used.filter { $0 != batch }
    let inputs = try padded.map { value -> (symbol: SymbolicValue, example: Shape) in
      let wanted = Shape(order.dropFirst().map { value.lengths[$0] ?? 1 })
      // Features meet the channels of an image without a layer.
      if value.example.rank == 1, wanted.rank == 3, MergedInputs.aligned(value.example, toRank: 3) == wanted {
        return (value.symbol, value.example)
      }
      let arranged = try arranged(value, order)
      return (arranged.symbol, arranged.example)
    }
    return (inputs, order, rank)
  }

  /// Calls a layer that merges values, element by element.
  func merge(_ layer: any Layer, _ values: [ONNXData], part: String = "") throws -> ONNXData {
    if values.contains(where: { !$0.joined.isEmpty }) {
      return try apart(values) { try merge(layer, $0, part: part) }
    }
    let (inputs, order, rank) = try aligned(values)
    let (symbol, example) = try reading.call(layer, inputs, name: name(part))[0]
    var axes = [Int?](repeating: nil, count: rank)
    for (place, axis) in order.enumerated() { axes[axis] = place }
    var result = values[0].replaced(by: symbol, example, axes: axes, kind: .number)
    result.isPreprocessing = false
    return result
  }

  /// What is computed of values that join the same axes, or none, computed with these axes apart.
  func apart(_ values: [ONNXData], _ compute: ([ONNXData]) throws -> ONNXData) throws -> ONNXData {
    guard let first = values.first, let place = first.batchAxis,
      values.allSatisfy({ $0.rank == first.rank && $0.batchAxis == place })
    else { throw joinsExamples() }
    // Windows that one value has in rows and columns are one list in another.
    let areAlike = values.allSatisfy { $0.joinedLengths == first.joinedLengths }
    let alike = areAlike ? values : try values.map(joiningInOne)
    guard alike.allSatisfy({ $0.joinedLengths == alike[0].joinedLengths }) else { throw joinsExamples() }
    return try alike[0].apart { _ in try compute(alike.map(\.takenApart)) }
  }

  /// A value with all axes in one that its axis of the examples joins before them, and all behind them.
  private func joiningInOne(_ value: ONNXData) throws -> ONNXData {
    guard let place = value.batchAxis, let joined = value.joinedLengths, let batch = joined.firstIndex(of: nil) else {
      throw joinsExamples()
    }
    let before = joined[..<batch].reduce(1) { $0 * ($1 ?? 1) }
    let behind = joined[(batch + 1)...].reduce(1) { $0 * ($1 ?? 1) }
    let parts: [Int?] = (before == 1 ? [] : [before]) + [nil] + (behind == 1 ? [] : [behind])
    var lengths = value.takenApart.lengths
    lengths.replaceSubrange(place..<place + joined.count, with: parts)
    guard case .data(let result) = try reshaped(.data(value.takenApart), to: lengths) else { throw joinsExamples() }
    return result.joining(place..<place + parts.count)
  }

  /// A constant for a value with its axes apart: the same number for all that the value joins.
  func apart(_ constant: Tensor<Float>, as value: ONNXData) throws -> Tensor<Float> {
    guard let place = value.batchAxis else { throw joinsExamples() }
    let axis = constant.rank - (value.rank - place)
    guard axis >= 0 else { return constant }
    var lengths = Array(constant.shape)
    guard lengths[axis] == 1 else { throw joinsExamples() }
    lengths.replaceSubrange(axis...axis, with: Array(repeating: 1, count: value.joined.count))
    return constant.reshaped(to: Shape(lengths))
  }

  /// A constant that is computed of one that is repeated for each example, along an axis counted from the end.
  func repeated(_ constant: ONNXConstant, fromEnd place: Int) throws -> ONNXValue {
    let batch = constant.lengths.count - place
    guard constant.lengths.indices.contains(batch), constant.lengths[batch] == 1 else {
      throw unsupported("a constant \(constant.lengths) that differs by example", expected: "the same for all examples")
    }
    return .repeated(constant, batch: batch)
  }

  /// A value and a constant that is combined with it, element by element.
  ///
  /// - Returns: the value, with all axes that the result has, and the constant with the axes of Kilim's examples.
  func aligned(_ value: ONNXData, with constant: Tensor<Float>) throws -> (value: ONNXData, constant: Tensor<Float>) {
    let rank = max(value.rank, constant.rank)
    let padded = value.viewed(as: Array(repeating: nil, count: rank - value.rank) + value.axes)
    let lengths = [Int](repeating: 1, count: rank - constant.rank) + Array(constant.shape)
    guard let batch = padded.batchAxis, lengths[batch] == 1 else {
      throw unsupported("a constant \(constant.shape) that differs by example", expected: "the same for all examples")
    }
    let missing = (0..<rank).filter { padded.axes[$0] == nil && lengths[$0] != 1 }
    let arranged = missing.isEmpty ? padded : try self.arranged(padded, padded.order + missing)
    let order = arranged.order
    guard order.count == arranged.example.rank + 1 else {
      return try aligned(self.arranged(padded, order), with: constant)
    }
    let shaped = constant.reshaped(to: lengths)
    let rest = (0..<rank).filter { !order.contains($0) }
    let example = shaped.permuted(order + rest).contiguous().reshaped(to: order.dropFirst().map { lengths[$0] })
    return (arranged, example)
  }
}

extension Shape {
  /// Features that become an image of one pixel have the same order either way; Keras's is that with channels last.
  fileprivate var orderOfReshape: ElementOrder {
    rank == 3 && self[1] == 1 && self[2] == 1 ? .channelsLast : .channelsFirst
  }
}
