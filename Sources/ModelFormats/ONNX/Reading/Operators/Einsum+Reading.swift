import NN
import Serialization
import Tensor

extension ONNXOperators {
  /// A product of one or two factors by an equation such as `bhid,bhjd->bhij`: a transposition, a sum, products of matrices or of
  /// single elements, or a product with a weight.
  static func einsum(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let text = try operation.text("equation", default: "")
    guard let equation = EinsumEquation(text), operation.has(equation.factors.count - 1) else {
      throw operation.unsupported("the equation \"\(text)\"", expected: "letters, each once in one of two factors")
    }
    let factors = equation.factors
    switch (try operation.value(0), factors.count > 1 ? try operation.value(1) : nil) {
    case (.data(let x), nil):
      let x = try named(operation, x, factors[0])
      let sum = try reduced(operation, x, over: factors[0].filter { !equation.result.contains($0) })
      return [.data(sum.viewed(as: equation.result))]
    case (.data(let a), .data(let b)):
      let (a, b) = (try named(operation, a, factors[0]), try named(operation, b, factors[1]))
      return [.data(try products(operation, a, b, equation))]
    case (.data(let x), .constant(.numbers(let weight))):
      return [.data(try weighted(operation, named(operation, x, factors[0]), weight, factors[1], equation))]
    case (.constant(.numbers(let weight)), .data(let x)):
      return [.data(try weighted(operation, named(operation, x, factors[1]), weight, factors[0], equation))]
    default:
      throw operation.unsupported("these factors", expected: "a value, two values, or a value and a weight")
    }
  }

  private static func named(
    _ operation: ONNXOperation, _ data: ONNXData, _ letters: [Character]
  ) throws -> NamedData {
    guard data.joined.isEmpty else { throw operation.joinsExamples() }
    guard data.rank == letters.count, data.kind == .number else {
      throw operation.unsupported(
        "a value of \(data.rank) axes for \"\(String(letters))\"", expected: "numbers with an axis for each letter")
    }
    return NamedData(data: data, letters: letters)
  }

  /// For each pair of the matrices in two values.
  private static func products(
    _ operation: ONNXOperation, _ a: NamedData, _ b: NamedData, _ equation: EinsumEquation
  ) throws -> ONNXData {
    let shared = a.letters.filter { b.letters.contains($0) }
    let (pairs, summed) = (shared.filter(equation.result.contains), shared.filter { !equation.result.contains($0) })
    let (rows, columns) = (a.letters.filter { !shared.contains($0) }, b.letters.filter { !shared.contains($0) })
    let areSingle = summed.isEmpty || (rows.isEmpty && columns.isEmpty)
    guard areSingle || (summed.count == 1 && rows.count == 1 && columns.count == 1),
      Set(equation.result) == Set(pairs + rows + columns)
    else { throw operation.sums(equation) }
    guard let examples = a.examples, examples == b.examples, pairs.contains(examples) else {
      throw operation.unsupported(
        "the equation \"\(equation)\"", expected: "the examples along one letter of both factors and of the result")
    }
    let leading = [examples] + pairs.filter { $0 != examples }
    if areSingle {
      let letters = leading + summed + rows + columns
      let elements = try operation.merge(Multiply(), [a.viewed(as: letters), b.viewed(as: letters)])
      let sum = try reduced(operation, NamedData(data: elements, letters: letters), over: summed)
      return sum.viewed(as: equation.result)
    }
    let result = try product(
      operation, a.viewed(as: leading + rows + summed), b.viewed(as: leading + summed + columns))
    return NamedData(data: result, letters: leading + rows + columns).viewed(as: equation.result)
  }

  /// The sum over some letters, whose axes are 1 long then.
  private static func reduced(
    _ operation: ONNXOperation, _ x: NamedData, over letters: [Character]
  ) throws -> NamedData {
    let places = letters.compactMap { letter in x.letters.firstIndex(of: letter).flatMap { x.data.axes[$0] } }.sorted()
    guard !places.contains(0) else {
      throw operation.unsupported("a sum over the examples", expected: "one inside each example")
    }
    guard !places.isEmpty else { return x }
    let layer = ReduceLayer(.sum, axes: places.map { $0 - 1 })
    return NamedData(data: try operation.call(layer, x.data, axes: x.data.axes, part: "sum"), letters: x.letters)
  }

  /// With a weight, along one axis or several.
  private static func weighted(
    _ operation: ONNXOperation, _ x: NamedData, _ weight: Tensor<Float>, _ letters: [Character],
    _ equation: EinsumEquation
  ) throws -> ONNXData {
    let summed = x.letters.filter { letters.contains($0) }
    let new = letters.filter { !summed.contains($0) }
    let kept = x.letters.filter { !summed.contains($0) }
    guard let examples = x.examples, kept.contains(examples), !summed.isEmpty,
      !summed.contains(where: equation.result.contains), Set(equation.result) == Set(kept + new),
      weight.rank == letters.count
    else { throw operation.sums(equation) }
    let leading = [examples] + kept.filter { $0 != examples }
    let arranged = try operation.arranged(
      x.viewed(as: leading + summed), Array(0..<x.letters.count))
    let lengths = Array(arranged.example)
    let places = Array(lengths[..<(leading.count - 1)])
    let turned = weight.permuted((summed + new).map { letter in letters.firstIndex(of: letter) ?? 0 }).contiguous()
    guard Array(turned.shape[..<summed.count]) == Array(lengths[(leading.count - 1)...]), weight.count > 0 else {
      throw operation.unsupported("a weight \(weight.shape)", expected: "the lengths of \(String(summed)) in the value")
    }
    let units = Array(turned.shape[summed.count...])
    let matrix = turned.reshaped(to: [turned.shape[..<summed.count].reduce(1, *), units.reduce(1, *)])
    let axes = (0...leading.count).map(Optional.init)
    let joined =
      summed.count == 1
      ? arranged : try operation.call(Reshape(places + [matrix.shape[0]]), arranged, axes: axes, part: "joined")
    var result = try product(operation, joined, matrix, nil)
    if new.count != 1 {
      result = try operation.arranged(result, Array(0...leading.count))
      let apart = (0..<leading.count + new.count).map(Optional.init)
      result = try operation.call(Reshape(places + units), result, axes: apart, part: "apart")
    }
    return NamedData(data: result, letters: leading + new).viewed(as: equation.result)
  }
}

/// A value with a letter for each axis.
private struct NamedData {
  let data: ONNXData
  let letters: [Character]

  /// The letter of the examples.
  var examples: Character? { data.batchAxis.map { letters[$0] } }

  /// The value with its axes in another order.
  func viewed(as order: [Character]) -> ONNXData {
    data.viewed(as: order.map { letter in letters.firstIndex(of: letter).flatMap { data.axes[$0] } })
  }
}

/// The equation of an `Einsum`.
private struct EinsumEquation: CustomStringConvertible {
  let description: String
  /// The letters of each factor.
  let factors: [[Character]]
  /// Those of the result.
  let result: [Character]

  /// Reads an equation. One without a result has the letters that occur once, in the order of the alphabet.
  ///
  /// - Returns: `nil` for one with dots, more than two factors, or a letter that is twice in one of them.
  init?(_ text: String) {
    description = text
    let sides = text.filter { $0 != " " }.split(separator: "->", omittingEmptySubsequences: false)
    guard let left = sides.first, sides.count <= 2 else { return nil }
    factors = left.split(separator: ",", omittingEmptySubsequences: false).map(Array.init)
    guard factors.count <= 2, factors.allSatisfy(Self.isRight) else { return nil }
    let all = factors.flatMap { $0 }
    result = sides.count == 2 ? Array(sides[1]) : all.filter { letter in all.count { $0 == letter } == 1 }.sorted()
    guard Self.isRight(result), Set(result).isSubset(of: all) else { return nil }
  }

  private static func isRight(_ letters: [Character]) -> Bool {
    letters.allSatisfy { $0.isASCII && $0.isLetter } && Set(letters).count == letters.count
  }
}

extension ONNXOperation {
  fileprivate func sums(_ equation: EinsumEquation) -> ModelFileError {
    unsupported("the equation \"\(equation)\"", expected: "sums over what two factors share, products of matrices")
  }
}
