import Autograd
import NN
import Serialization
import Tensor

extension ONNXOperators {
  static let slices: [String: ONNXBuilder] = [
    "Slice": slice, "Split": split, "Gather": gather, "Concat": concatenation,
  ]

  /// The inputs of version 10 and later, the attributes before.
  private static func slice(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let value = try operation.value(0)
    let lengths = try operation.lengths(of: value)
    let attributes = (try operation.integers("starts"), try operation.integers("ends"))
    guard let starts = operation.has(1) ? try operation.list(1) : attributes.0,
      let ends = operation.has(2) ? try operation.list(2) : attributes.1
    else { throw operation.error(.damaged("it has no starts or no ends")) }
    let axes = try operation.axes(input: 3, rank: lengths.count) ?? Array(starts.indices)
    let steps = operation.has(4) ? try operation.list(4) : starts.map { _ in 1 }
    guard [ends.count, axes.count, steps.count] == [starts.count, starts.count, starts.count],
      axes.allSatisfy(lengths.indices.contains), Set(axes).count == axes.count
    else {
      throw operation.unsupported("starts \(starts), ends \(ends), axes \(axes)", expected: "one of each for each axis")
    }
    var result = value
    for index in starts.indices {
      let (axis, step) = (axes[index], steps[index])
      guard let length = lengths[axis] else {
        guard starts[index] == 0, ends[index] >= Int(Int32.max), step == 1 else {
          throw operation.unsupported("a part of the examples", expected: "all of them")
        }
        continue
      }
      if step == -1, starts[index] == -1 || starts[index] >= length - 1, ends[index] < -length,
        case .data(let x) = result, x.axes[axis] == 1
      {
        result = .data(try operation.call(ReverseLayer(), x).keeping(kindOf: x))
        continue
      }
      guard step > 0 else {
        guard step < 0, step != .min else { throw operation.unsupported("the step \(step)", expected: "another") }
        try operation.reading.spend(length)
        func place(_ number: Int) -> Int { min(max(number < 0 ? number + length : number, -1), length - 1) }
        let places = Array(stride(from: place(starts[index]), to: place(ends[index]), by: step))
        guard !places.isEmpty else { throw operation.unsupported("a slice without elements", expected: "some") }
        result = try operation.gathered(result, axis: axis, places)
        continue
      }
      func place(_ number: Int) -> Int { min(max(number < 0 ? number + length : number, 0), length) }
      let range = place(starts[index])..<max(place(ends[index]), place(starts[index]))
      if range == 0..<length, step == 1 { continue }
      if range.isEmpty, case .constant(.integers(let list)) = result {
        result = .constant(.integers(list.taking([], axis: axis)))
        continue
      }
      guard !range.isEmpty else { throw operation.unsupported("a slice without elements", expected: "some") }
      result = try operation.sliced(result, axis: axis, range, step: step)
    }
    return [result]
  }

  private static func split(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let value = try operation.value(0)
    let lengths = try operation.lengths(of: value)
    let axis = try operation.axis(operation.integer("axis", default: 0), rank: lengths.count)
    let count = try operation.integer("num_outputs", default: operation.node.outputs.count)
    let attribute = try operation.integers("split")
    guard let length = lengths[axis] else {
      throw operation.unsupported("a split of the examples", expected: "of an axis of one")
    }
    guard count > 0, count <= length, length < 1 << 40 else {
      throw operation.unsupported("\(count) parts of \(length)", expected: "fewer")
    }
    try operation.reading.spend(count)
    let size = (length + count - 1) / count
    let sizes =
      operation.has(1) ? try operation.list(1) : attribute ?? (0..<count).map { max(min(size, length - $0 * size), 0) }
    // No sum of them overflows.
    guard sizes.allSatisfy({ (1...length).contains($0) }), sizes.count <= length,
      sizes.reduce(0, { min($0 + $1, length + 1) }) == length
    else {
      throw operation.unsupported("parts of \(sizes)", expected: "parts of \(length) together")
    }
    var start = 0
    return try sizes.map { size in
      defer { start += size }
      return try operation.sliced(value, axis: axis, start..<start + size, step: 1)
    }
  }

  /// Elements of a constant, one index or a range of a value, or rows of a table by whole numbers of the inputs.
  private static func gather(_ operation: ONNXOperation) throws -> [ONNXValue] {
    if let elements = try operation.elementsByStrides() { return [elements] }
    let (value, indices) = (try operation.value(0), try operation.value(1))
    if case .data(let numbers) = indices, case .constant(.numbers(let table)) = value {
      return [.data(try embedding(operation, table, numbers))]
    }
    let lengths = try operation.lengths(of: value)
    let axis = try operation.axis(operation.integer("axis", default: 0), rank: lengths.count)
    if case .repeated(let list, let place) = indices, case .constant = value {
      // The same rows for each example, as of positions or of the one kind of all words.
      let rows = try elements(operation, of: value, along: axis, at: .constant(list))
      guard case .constant(let constant) = rows else { return [rows] }
      return [.repeated(constant, batch: axis + place)]
    }
    return [try elements(operation, of: value, along: axis, at: indices)]
  }

  /// The elements that a constant names along an axis.
  private static func elements(
    _ operation: ONNXOperation, of value: ONNXValue, along axis: Int, at indices: ONNXValue
  ) throws -> ONNXValue {
    let lengths = try operation.lengths(of: value)
    guard case .constant(.integers(let list)) = indices else {
      throw operation.unsupported("indices that depend on the inputs", expected: "constant ones")
    }
    guard let length = lengths[axis] else { throw operation.unsupported("single examples", expected: "all of them") }
    let places = try list.values.map { index -> Int in
      guard let index = index.known, (-length..<length).contains(index) else {
        throw operation.unsupported("an index \(index)", expected: "one below \(length)")
      }
      return index < 0 ? index + length : index
    }
    var target = lengths
    target.replaceSubrange(axis...axis, with: list.lengths.map(Optional.some))
    switch value {
    case .constant, .repeated: return try operation.reshaped(operation.gathered(value, axis: axis, places), to: target)
    case .data(let x):
      guard let first = places.first else { throw operation.unsupported("no indices", expected: "some") }
      let isRange = list.lengths.count <= 1 && places == Array(first..<first + places.count)
      let part =
        isRange
        ? try operation.sliced(.data(x), axis: axis, first..<first + places.count, step: 1)
        : try operation.gathered(value, axis: axis, places)
      return list.lengths.count == 1 ? part : try operation.reshaped(part, to: target)
    case .refused(let error): throw error
    }
  }

  private static func embedding(
    _ operation: ONNXOperation, _ table: Tensor<Float>, _ numbers: ONNXData
  ) throws -> ONNXData {
    try operation.require("axis", is: 0)
    guard numbers.kind == .integer, table.rank == 2, numbers.rank <= 3, table.count > 0 else {
      throw operation.unsupported(
        "a table \(table.shape) and \(numbers.rank) axes", expected: "[rows, features] and 3 or fewer")
    }
    let layer = Embedding(table.shape[0], features: table.shape[1])
    layer.weight.set(table)
    var x = try operation.arranged(numbers, Array(0..<numbers.rank))
    // The numbers of a batch are checked before a network is run; what the file computes of them is bounded here.
    if !x.isOfInput { x = try operation.call(RowNumbers(count: table.shape[0]), x, part: "rows") }
    return try operation.call(layer, x, axes: numbers.rank == 3 ? [0, 2, 3, 1] : Array(0...numbers.rank))
  }

  private static func concatenation(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let values = try operation.node.inputs.indices.map { try operation.value($0) }
    let rank = try operation.lengths(of: operation.value(0)).count
    let axis = try operation.axis(operation.integer("axis", default: 0), rank: rank)
    let lists = values.compactMap { if case .constant(.integers(let list)) = $0 { list } else { ONNXIntegers?.none } }
    if lists.count == values.count {
      return [.constant(.integers(try ONNXIntegers.concatenating(lists, axis: axis, operation)))]
    }
    let tensors = values.compactMap {
      if case .constant(.numbers(let tensor)) = $0 { tensor } else { Tensor<Float>?.none }
    }
    if tensors.count == values.count {
      guard
        tensors.allSatisfy({ $0.rank == rank && $0.shape.removing(axis: axis) == tensors[0].shape.removing(axis: axis) }
        )
      else { throw operation.unsupported("constants of \(tensors.map(\.shape))", expected: "shapes that fit") }
      // Tensors without elements are joined too, and the sum of their lengths must not overflow.
      for tensor in tensors { try operation.reading.spend(max(tensor.count, tensor.shape[axis])) }
      return [.constant(.numbers(Tensor(concatenating: tensors, axis: axis)))]
    }
    return [.data(try operation.concatenated(values, axis: axis, rank: rank))]
  }
}

extension ONNXOperation {
  /// A part of a value along an axis of the graph's tensor.
  fileprivate func sliced(_ value: ONNXValue, axis: Int, _ range: Range<Int>, step: Int) throws -> ONNXValue {
    switch value {
    case .constant(.integers(let list)):
      let places = Array(stride(from: range.lowerBound, to: range.upperBound, by: step))
      try reading.spend(list.values.count / max(list.lengths[axis], 1) * places.count)
      return .constant(.integers(list.taking(places, axis: axis)))
    case .constant(.numbers(let tensor)):
      let part = tensor.slice(range, axis: axis, step: step)
      try reading.spend(part.count)
      return .constant(.numbers(part.contiguous()))
    case .repeated(let constant, let batch):
      let part = try sliced(.constant(constant), axis: axis, range, step: step)
      guard case .constant(let part) = part else { return part }
      return .repeated(part, batch: batch)
    case .refused(let error): throw error
    case .data(let x):
      // Of an axis of length 1 there is one part.
      guard let place = x.axes[axis], place > 0 else { return .data(x) }
      if x.example.rank == 3, place > 1, step == 1 {
        let (before, after) = (range.lowerBound, x.example[place - 1] - range.upperBound)
        let layer =
          place == 2
          ? Cropping2D(top: before, bottom: after, left: 0, right: 0)
          : Cropping2D(top: 0, bottom: 0, left: before, right: after)
        return .data(try call(layer, x).keeping(kindOf: x))
      }
      if x.example.rank == 2, place == 1, step == 1 {
        let layer = Cropping1D(before: range.lowerBound, after: x.example[0] - range.upperBound)
        return .data(try call(layer, x).keeping(kindOf: x))
      }
      return .data(try call(SliceLayer(axis: place - 1, range, step: step), x).keeping(kindOf: x))
    }
  }

  /// The elements of a value at some places along an axis.
  func gathered(_ value: ONNXValue, axis: Int, _ places: [Int]) throws -> ONNXValue {
    switch value {
    case .constant(.integers(let list)):
      try reading.spend(list.values.count / max(list.lengths[axis], 1) * places.count)
      return .constant(.integers(list.taking(places, axis: axis)))
    case .constant(.numbers(let tensor)):
      try reading.spend(tensor.count / max(tensor.shape[axis], 1) * places.count)
      let order = [axis] + tensor.shape.indices.filter { $0 != axis }
      let rows = tensor.permuted(order).contiguous().gathering(places)
      return .constant(.numbers(rows.permuted(order.indices.sorted { order[$0] < order[$1] }).contiguous()))
    case .data(let x):
      guard let place = x.axes[axis], place > 0 else {
        throw unsupported("places along an axis of length 1", expected: "along another")
      }
      try reading.spend(places.count)
      return .data(try call(GatherLayer(axis: place - 1, places), x).keeping(kindOf: x))
    case .repeated(let constant, let batch):
      guard case .constant(let part) = try gathered(.constant(constant), axis: axis, places) else { return value }
      return .repeated(part, batch: batch)
    case .refused(let error): throw error
    }
  }

  /// Values one behind the other. A constant is repeated for each example.
  fileprivate func concatenated(_ values: [ONNXValue], axis: Int, rank: Int) throws -> ONNXData {
    guard let first = values.lazy.compactMap({ if case .data(let data) = $0 { data } else { ONNXData?.none } }).first
    else { throw unsupported("constants for each example alone", expected: "a value of the inputs") }
    var order = Array(0..<rank)
    if first.order.count == rank { order = first.order }
    guard order.first != axis else {
      throw unsupported("a concatenation of examples", expected: "one inside each example")
    }
    let inputs = try values.enumerated().map { index, value -> ONNXData in
      switch value {
      case .data(let data) where data.kind == first.kind && data.rank == rank: return try arranged(data, order)
      case .repeated(.numbers(let tensor), let batch)
      where first.kind == .number && tensor.rank == rank && order[0] == batch:
        let example = tensor.permuted(order).contiguous().reshaped(to: order.dropFirst().map { tensor.shape[$0] })
        let full = try arranged(first, order)
        return try call(ConstantExample(example), full, part: "constant\(index)")
      default: throw unsupported("input \(index + 1)", expected: "a value like the others")
      }
    }
    guard inputs.count > 1 else { return inputs[0] }
    let place = order.firstIndex(of: axis) ?? 1
    let isUsual = place - 1 == (rank == 4 ? 0 : rank - 2)
    let (symbol, example) = try reading.call(
      Concatenate(axis: isUsual ? nil : place - 1), inputs.map { ($0.symbol, $0.example) }, name: name())[0]
    var result = inputs[0].replaced(by: symbol, example)
    result.isPreprocessing = inputs.allSatisfy(\.isPreprocessing)
    return result
  }
}
