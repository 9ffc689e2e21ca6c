import NN
import Tensor

extension ONNXOperators {
  /// What goes along an axis in its order or by its places.
  static let ordering: [String: ONNXBuilder] = ["TopK": topK, "CumSum": runningSum, "OneHot": oneHot]

  /// The number is an attribute before version 10.
  private static func topK(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let x = try operation.data(0)
    guard x.kind != .truth else { throw operation.unsupported("truth values", expected: "numbers") }
    let axis = try operation.axis(operation.integer("axis", default: -1), rank: x.rank)
    let takesLargest = try operation.flag("largest", default: true)
    // Without an order any is right.
    _ = try operation.flag("sorted", default: true)
    let attribute = try operation.integer("k", default: 0)
    let counts = operation.has(1) ? try operation.list(1) : [attribute]
    guard counts.count == 1, let place = x.axes[axis], place > 0 else {
      throw operation.unsupported("\(counts) along axis \(axis)", expected: "a number along an axis of each example")
    }
    return try operation.node.outputs.prefix(2).enumerated().map { index, output in
      let unused = operation.unsupported("its output \(index + 1)", expected: "none")
      guard operation.reading.isNeeded(output) else { return .refused(unused) }
      let layer = TopKLayer(axis: place - 1, count: counts[0], takesLargest: takesLargest, givesPlaces: index == 1)
      var result = try operation.call(layer, x, part: index == 1 ? "places" : "")
      result.kind = index == 1 ? .integer : x.kind
      return .data(result)
    }
  }

  private static func runningSum(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let (isExclusive, isReversed) = (try operation.flag("exclusive"), try operation.flag("reverse"))
    let (x, given) = (try operation.data(0), try operation.list(1))
    guard given.count == 1, x.kind == .number || x.kind == .integer else {
      throw operation.unsupported("\(x.kind.rawValue)s along axes \(given)", expected: "numbers along one axis")
    }
    let axis = try operation.axis(given[0], rank: x.rank)
    guard let place = x.axes[axis], place > 0 else {
      throw operation.unsupported("sums along the examples or one element", expected: "sums inside each example")
    }
    let layer = RunningSumLayer(axis: place - 1, isExclusive: isExclusive, isReversed: isReversed)
    var sums = try operation.call(layer, x)
    sums.kind = x.kind
    return [.data(sums)]
  }

  /// Along a new axis one value at the place that a number names, and another one elsewhere. Numbers count from the end if they
  /// are negative; beyond both ends they name no place.
  private static func oneHot(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let x = try operation.data(0)
    let axis = try operation.axis(operation.integer("axis", default: -1), rank: x.rank + 1)
    let ends = try numbers(operation, 2)
    let depths = try numbers(operation, 1)
    guard depths.count == 1, ends.count == 2, let depth = Int(exactly: depths[0]), (1...1 << 20).contains(depth),
      x.kind != .truth, x.rank < ONNXData.mostAxes
    else {
      throw operation.unsupported(
        "a depth \(depths) and values \(ends)", expected: "a number of places, and two values")
    }
    let column = ONNXValue.data(x.viewed(as: x.axes + [nil]))
    func stands(at places: Range<Int>) throws -> ONNXValue {
      try operation.reading.spend(depth)
      let constant: ONNXConstant =
        x.kind == .number
        ? .numbers(Tensor(places.map { Float($0) }))
        : .integers(ONNXIntegers(lengths: [depth], values: places.map { .known($0) }))
      return try combine(column, .constant(constant), .equal, PairLayer(.equal), operation)
    }
    let isThere = try combine(
      stands(at: 0..<depth), stands(at: -depth..<0), .maximum, Maximum(), operation)
    guard case .data(let truth) = isThere else { throw operation.error(.damaged("it has no indices")) }
    var result = try operation.call(Rescaling(ends[1] - ends[0], offset: ends[0]), truth)
    let place = result.axes.removeLast()
    result.axes.insert(place, at: axis)
    if case .constant(.integers) = try operation.value(2) { result.kind = .integer }
    return [.data(result)]
  }

  /// A constant of numbers of any kind.
  private static func numbers(_ operation: ONNXOperation, _ index: Int) throws -> [Float] {
    if case .constant(.integers(let list)) = try operation.value(index), let numbers = list.exact {
      return numbers.scalars
    }
    return try operation.weight(index).scalars
  }
}
