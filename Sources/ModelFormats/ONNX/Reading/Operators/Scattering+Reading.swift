import NN
import Tensor

// Parts of constants that whole numbers name, as programs make masks of windows: PyTorch's exporters write each assignment
// to a part of a mask as a `ScatterND`.

extension ONNXOperators {
  static let scattering: [String: ONNXBuilder] = [
    "GatherND": { operation in
      try operation.require("batch_dims", is: 0)
      let data = try operation.constant(0)
      let parts = try operation.parts(of: data.lengths)
      try operation.reading.spend(data.count + parts.starts.count * parts.size)
      let places = parts.starts.flatMap { $0..<$0 + parts.size }
      return [.constant(data.elements(at: places, lengths: parts.places + parts.lengths))]
    },
    "ScatterND": { operation in
      let (data, updates) = (try operation.constant(0), try operation.constant(2))
      let parts = try operation.parts(of: data.lengths)
      guard updates.lengths == parts.places + parts.lengths else {
        throw operation.unsupported("updates \(updates.lengths)", expected: "\(parts.places + parts.lengths)")
      }
      let places = parts.starts.flatMap { $0..<$0 + parts.size }
      return [.constant(try operation.replaced(data, at: places, with: updates))]
    },
    "GatherElements": { operation in
      let data = try operation.constant(0)
      let (places, lengths) = try operation.places(along: data.lengths)
      try operation.reading.spend(data.count + places.count)
      return [.constant(data.elements(at: places, lengths: lengths))]
    },
    "ScatterElements": scatterElements, "Scatter": scatterElements,
  ]

  private static func scatterElements(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let (data, updates) = (try operation.constant(0), try operation.constant(2))
    let (places, lengths) = try operation.places(along: data.lengths)
    guard updates.lengths == lengths else {
      throw operation.unsupported("updates \(updates.lengths)", expected: "\(lengths)")
    }
    return [.constant(try operation.replaced(data, at: places, with: updates))]
  }
}

/// Parts of a tensor, all of the same lengths.
private struct ONNXParts {
  /// Where each starts in the list of all elements.
  let starts: [Int]
  /// The axes of the list of parts.
  let places: [Int]
  /// The axes of a part.
  let lengths: [Int]

  /// How many elements a part has.
  var size: Int { lengths.reduce(1, *) }
}

extension ONNXOperation {
  fileprivate func constant(_ index: Int) throws -> ONNXConstant {
    guard case .constant(let constant) = try value(index) else {
      throw unsupported("an input \(index + 1) that depends on the inputs of the model", expected: "a constant")
    }
    return constant
  }

  /// The second input, indices of a tensor with so many axes, each from its end if it is negative.
  private func indices() throws -> (lengths: [Int], values: [Int]) {
    guard case .integers(let list) = try constant(1) else {
      throw unsupported("indices that are no whole numbers", expected: "whole numbers")
    }
    return (list.lengths, try self.list(1))
  }

  /// An index counted from 0.
  private func place(_ index: Int, below length: Int) throws -> Int {
    guard (-length..<length).contains(index) else {
      throw unsupported("an index \(index)", expected: "one below \(length)")
    }
    return index < 0 ? index + length : index
  }

  /// The parts that the second input names: each of its rows has an index for each of the first axes.
  fileprivate func parts(of lengths: [Int]) throws -> ONNXParts {
    let (rows, values) = try indices()
    guard let width = rows.last, width > 0, width <= lengths.count,
      rows.count - 1 + lengths.count - width <= ONNXData.mostAxes
    else {
      throw unsupported("indices \(rows) for \(lengths.count) axes", expected: "rows of 1 to \(lengths.count) indices")
    }
    let steps = (0..<width).map { lengths[($0 + 1)...].reduce(1, *) }
    let starts = try stride(from: 0, to: values.count, by: width).map { row in
      try (0..<width).reduce(0) { try $0 + place(values[row + $1], below: lengths[$1]) * steps[$1] }
    }
    return ONNXParts(starts: starts, places: Array(rows.dropLast()), lengths: Array(lengths[width...]))
  }

  /// The elements that the second input names: each of its indices is one along an axis, at its own place along all others.
  fileprivate func places(along lengths: [Int]) throws -> (places: [Int], lengths: [Int]) {
    let axis = try self.axis(integer("axis", default: 0), rank: lengths.count)
    let (own, values) = try indices()
    guard own.count == lengths.count, own.indices.allSatisfy({ $0 == axis || own[$0] <= lengths[$0] }) else {
      throw unsupported("indices \(own) for \(lengths)", expected: "as many axes, none longer")
    }
    let places = try values.indices.map { index -> Int in
      var (rest, result, step) = (index, 0, 1)
      for other in own.indices.reversed() {
        let coordinate = other == axis ? try place(values[index], below: lengths[axis]) : rest % own[other]
        result += coordinate * step
        rest /= own[other]
        step *= lengths[other]
      }
      return result
    }
    return (places, own)
  }

  /// A constant with other elements at some places.
  fileprivate func replaced(
    _ data: ONNXConstant, at places: [Int], with updates: ONNXConstant
  ) throws -> ONNXConstant {
    let reduction = try text("reduction", default: "none")
    guard reduction == "none" else { throw unsupported("reduction = \(reduction)", expected: "none") }
    try reading.spend(data.count + places.count)
    switch (data, updates) {
    case (.numbers(let old), .numbers(let new)):
      var numbers = old.scalars
      for (place, number) in zip(places, new.scalars) { numbers[place] = number }
      return .numbers(Tensor(shape: old.shape, scalars: numbers))
    case (.integers(var list), .integers(let new)):
      for (place, number) in zip(places, new.values) { list.values[place] = number }
      return .integers(list)
    default: throw unsupported("whole numbers and numbers of floating point", expected: "one kind")
    }
  }
}

extension ONNXConstant {
  /// The elements at some places of the list of all, in new axes.
  fileprivate func elements(at places: [Int], lengths: [Int]) -> ONNXConstant {
    switch self {
    case .numbers(let tensor):
      let numbers = tensor.scalars
      return .numbers(Tensor(shape: Shape(lengths), scalars: places.map { numbers[$0] }))
    case .integers(let list):
      return .integers(ONNXIntegers(lengths: lengths, values: places.map { list.values[$0] }))
    }
  }
}
