import NN
import Tensor

extension ONNXOperators {
  static let reductions: [String: ONNXBuilder] = ReduceLayer.Kind.allCases.reduce(
    into: ["ArgMax": argMax, "ReduceProd": product]
  ) { all, kind in
    all[kind.rawValue] = { try reduction($0, kind) }
  }

  /// The place of the largest element, the first of several.
  private static func argMax(_ operation: ONNXOperation) throws -> [ONNXValue] {
    try operation.require("select_last_index", is: 0)
    let keepsAxis = try operation.flag("keepdims", default: true)
    let x = try operation.numbers(0)
    let axis = try operation.axis(operation.integer("axis", default: 0), rank: x.rank)
    guard let place = x.axes[axis], place > 0 else {
      throw operation.unsupported("a place along the examples or one element", expected: "one inside each example")
    }
    let kept: [Int?] = keepsAxis ? x.axes : x.axes.indices.filter { $0 != axis }.map { x.axes[$0] }
    var result = try operation.call(ArgMaxLayer(axis: place - 1), x, axes: kept)
    result.kind = .integer
    return [.data(result)]
  }

  /// The product of known whole numbers, of a shape mostly.
  private static func product(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let keepsAxes = try operation.flag("keepdims", default: true)
    let axes = try operation.axes(input: 1, rank: 1)
    let numbers = try operation.list(0)
    guard axes ?? [0] == [0], let product = Shape.count(numbers) else {
      throw operation.unsupported("a product of \(numbers)", expected: "one of all numbers of a list, from 0 on")
    }
    return [.constant(.integers(ONNXIntegers(lengths: keepsAxes ? [1] : [], values: [.known(product)])))]
  }

  /// A mean or maximum over all places of an image or sequence is a layer of Keras's, all others one of ONNX's own.
  private static func reduction(_ operation: ONNXOperation, _ kind: ReduceLayer.Kind) throws -> [ONNXValue] {
    let keepsAxes = try operation.flag("keepdims", default: true)
    let isNothing = try operation.flag("noop_with_empty_axes")
    let x = try operation.numbers(0)
    let given = try operation.axes(input: 1, rank: x.rank) ?? []
    if given.isEmpty, isNothing { return [.data(x)] }
    let axes = given.isEmpty ? Array(0..<x.rank) : Array(Set(given)).sorted()
    guard !axes.contains(x.batchAxis ?? 0) else {
      throw operation.unsupported("a reduction over the examples", expected: "one inside each example")
    }
    let places = axes.compactMap { x.axes[$0] }.sorted()
    let kept: [Int?] = keepsAxes ? x.axes : x.axes.indices.filter { !axes.contains($0) }.map { x.axes[$0] }
    if x.joined.isEmpty, let layer = globalPooling(kind, x.example.rank, places) {
      // The axes of the places are gone in Kilim.
      let result = kept.map { axis in
        axis.flatMap { axis in
          places.contains(axis) ? nil : axis - places.count(where: { $0 < axis })
        }
      }
      return [.data(try operation.call(layer, x, axes: result))]
    }
    guard !places.isEmpty || kind == .mean || kind == .sum || kind == .maximum || kind == .minimum else {
      throw operation.unsupported("a reduction over single elements", expected: "one over more")
    }
    guard !places.isEmpty else { return [.data(x.viewed(as: kept))] }
    var result = try operation.call(ReduceLayer(kind, axes: places.map { $0 - 1 }), x, axes: kept)
    result.joined = x.joined
    return [.data(result)]
  }

  private static func globalPooling(_ kind: ReduceLayer.Kind, _ rank: Int, _ places: [Int]) -> (any Layer)? {
    switch (kind, rank, places) {
    case (.mean, 3, [2, 3]): GlobalAveragePool2D()
    case (.maximum, 3, [2, 3]): GlobalMaxPool2D()
    case (.mean, 2, [1]): GlobalAveragePool1D()
    case (.maximum, 2, [1]): GlobalMaxPool1D()
    default: nil
    }
  }
}
