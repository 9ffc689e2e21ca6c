import NN
import Tensor

extension ONNXOperators {
  static let reductions: [String: ONNXBuilder] = ReduceLayer.Kind.allCases.reduce(
    into: [
      "ArgMax": { [.data(try place(of: $0.numbers(0), $0))] },
      "ArgMin": { [.data(try place(of: $0.call(Rescaling(-1), $0.numbers(0), part: "negative"), $0))] },
    ]
  ) { all, kind in
    all[kind.rawValue] = { [try reduction($0, kind)] }
  }

  /// The place of the largest element, the first of several or the last.
  private static func place(of x: ONNXData, _ operation: ONNXOperation) throws -> ONNXData {
    let takesLast = try operation.flag("select_last_index")
    let keepsAxis = try operation.flag("keepdims", default: true)
    let axis = try operation.axis(operation.integer("axis", default: 0), rank: x.rank)
    guard let place = x.axes[axis], place > 0 else {
      throw operation.unsupported("a place along the examples or one element", expected: "one inside each example")
    }
    let kept: [Int?] = keepsAxis ? x.axes : x.axes.indices.filter { $0 != axis }.map { x.axes[$0] }
    var result = try operation.call(ArgMaxLayer(axis: place - 1, takesLast: takesLast), x, axes: kept)
    result.kind = .integer
    return result
  }

  /// The axes that are reduced; `nil` if nothing is.
  private static func axes(_ operation: ONNXOperation, rank: Int) throws -> [Int]? {
    let isNothing = try operation.flag("noop_with_empty_axes")
    let given = try operation.axes(input: 1, rank: rank) ?? []
    if given.isEmpty, isNothing { return nil }
    return given.isEmpty ? Array(0..<rank) : Array(Set(given)).sorted()
  }

  private static func reduction(_ operation: ONNXOperation, _ kind: ReduceLayer.Kind) throws -> ONNXValue {
    let keepsAxes = try operation.flag("keepdims", default: true)
    let value = try operation.value(0)
    guard let axes = try axes(operation, rank: operation.lengths(of: value).count) else { return value }
    switch value {
    case .constant(.integers(let list)):
      return .constant(.integers(try reduced(list, kind, axes, keepsAxes: keepsAxes, operation)))
    case .constant(.numbers(let tensor)):
      guard tensor.count > 0, !axes.isEmpty else {
        throw operation.unsupported("a constant \(tensor.shape)", expected: "elements in one axis or more")
      }
      try operation.reading.spend(tensor.count)
      let result = ReduceLayer(kind, axes: axes)(tensor)
      let kept = result.shape.indices.filter { keepsAxes || !axes.contains($0) }
      return .constant(.numbers(result.reshaped(to: kept.map { result.shape[$0] })))
    default: return .data(try reduced(operation.data(0), kind, axes, keepsAxes: keepsAxes, operation))
    }
  }

  /// Whole numbers that are known, of a shape mostly.
  private static func reduced(
    _ list: ONNXIntegers, _ kind: ReduceLayer.Kind, _ axes: [Int], keepsAxes: Bool, _ operation: ONNXOperation
  ) throws -> ONNXIntegers {
    let combine: (Int, Int) -> (Int, Bool)
    switch kind {
    case .sum: combine = { $0.addingReportingOverflow($1) }
    case .product: combine = { $0.multipliedReportingOverflow(by: $1) }
    case .maximum: combine = { (max($0, $1), false) }
    case .minimum: combine = { (min($0, $1), false) }
    default: throw operation.unsupported("whole numbers", expected: "numbers of floating point")
    }
    var result = try list.reduced(over: axes, operation, combine)
    if !keepsAxes { result.lengths = result.lengths.indices.filter { !axes.contains($0) }.map { result.lengths[$0] } }
    return result
  }

  /// A mean or maximum over all places of an image or sequence is a layer of Keras's, all others one of ONNX's own.
  private static func reduced(
    _ x: ONNXData, _ kind: ReduceLayer.Kind, _ axes: [Int], keepsAxes: Bool, _ operation: ONNXOperation
  ) throws -> ONNXData {
    let isOrder = kind == .maximum || kind == .minimum
    guard x.kind == .number || isOrder || (kind == .sum && x.kind == .integer) else {
      throw operation.unsupported("\(x.kind.rawValue)s as input 1", expected: "numbers of floating point")
    }
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
      return try operation.call(layer, x, axes: result).keeping(kindOf: x)
    }
    guard !places.isEmpty || isOrder || [.mean, .sum, .product, .logSumExp].contains(kind) else {
      throw operation.unsupported("a reduction over single elements", expected: "one over more")
    }
    guard !places.isEmpty else { return x.viewed(as: kept) }
    var result = try operation.call(ReduceLayer(kind, axes: places.map { $0 - 1 }), x, axes: kept)
    (result.joined, result.kind) = (x.joined, x.kind)
    return result
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
