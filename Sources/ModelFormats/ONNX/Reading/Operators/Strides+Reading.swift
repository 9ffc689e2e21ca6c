import NN
import Serialization

// A view of a tensor by strides, as PyTorch's exporter writes `as_strided`: all elements of all examples in one list, from which
// example n takes the elements n · s + p. Where s is the number of elements of an example, each takes the same of its own.

/// The places n · `stride` + offset for each example n.
private struct ONNXPlaces {
  let stride: Int
  /// Known numbers. The first axis, of length 1, stands for the examples.
  let offsets: ONNXIntegers
}

extension ONNXOperation {
  /// The elements that a `Gather` takes of each example by strides; `nil` if it does something else.
  func elementsByStrides() throws -> ONNXValue? {
    guard node.inputs.count == 2, try integer("axis", default: 0) == 0,
      let list = reading.maker(of: node.inputs[0]), list.operation == "Reshape", list.inputs.count == 2,
      reading.integers(list.inputs[1])?.values == [-1], case .data(let x)? = reading.values[list.inputs[0]],
      x.joined.isEmpty, let places = try places(node.inputs[1])
    else { return nil }
    let (count, offsets) = (x.example.elementCount, places.offsets.values.compactMap(\.known))
    guard places.stride == count, offsets.count == places.offsets.values.count,
      offsets.allSatisfy((0..<count).contains)
    else { throw unsupported("elements of other examples", expected: "the same elements of each example") }
    let elements = try reshaped(.data(x), to: [nil, count])
    let chosen = offsets == Array(0..<count) ? elements : try gathered(elements, axis: 1, offsets)
    return try reshaped(chosen, to: [nil] + places.offsets.lengths.dropFirst().map(Optional.some))
  }

  /// A value as places by strides; `nil` for any other value.
  private func places(_ name: String, depth: Int = 0) throws -> ONNXPlaces? {
    guard depth < 16, let maker = reading.maker(of: name) else { return nil }
    let constants = maker.inputs.map(reading.integers)
    /// The places among two inputs, and the constant beside them.
    func split() throws -> (ONNXPlaces, ONNXIntegers)? {
      guard maker.inputs.count == 2 else { return nil }
      for (input, other) in [(0, 1), (1, 0)] {
        guard let constant = constants[other], let places = try places(maker.inputs[input], depth: depth + 1) else {
          continue
        }
        return (places, constant)
      }
      return nil
    }
    switch maker.operation {
    case "Range":
      guard constants.map(\.?.values) == [[0], [.examples], [1]] else { return nil }
      return ONNXPlaces(stride: 1, offsets: ONNXIntegers(lengths: [1], values: [0]))
    case "Mul":
      guard let (places, factor) = try split(), factor.values.count == 1, let number = factor.values[0].known,
        case (let stride, let overflows) = places.stride.multipliedReportingOverflow(by: number), !overflows
      else { return nil }
      return ONNXPlaces(stride: stride, offsets: try ONNXIntegers.product(places.offsets, factor, self))
    case "Add":
      guard let (places, summand) = try split() else { return nil }
      let sum = try ONNXIntegers.combine(places.offsets, summand, { $0.addingReportingOverflow($1) }, self)
      let keepsExamples = sum.lengths.count == places.offsets.lengths.count && sum.lengths.first == 1
      return keepsExamples ? ONNXPlaces(stride: places.stride, offsets: sum) : nil
    case "Unsqueeze":
      guard maker.inputs.count == 2, let axes = constants[1]?.values.compactMap(\.known),
        let places = try places(maker.inputs[0], depth: depth + 1)
      else { return nil }
      let rank = places.offsets.lengths.count + axes.count
      guard rank <= ONNXData.mostAxes, Set(axes).count == axes.count, axes.allSatisfy((1..<rank).contains) else {
        return nil
      }
      var offsets = places.offsets
      for axis in axes.sorted() { offsets.lengths.insert(1, at: axis) }
      return ONNXPlaces(stride: places.stride, offsets: offsets)
    default: return nil
    }
  }
}

extension ONNXReading {
  /// A value that is whole numbers of the graph.
  fileprivate func integers(_ name: String) -> ONNXIntegers? {
    if case .constant(.integers(let list))? = values[name] { list } else { nil }
  }
}
