import NN
import Serialization
import Tensor

// Operations that change axes, or reduce them.

extension KerasOperation {
  /// The layers that do the same; `nil` for an operation of another kind.
  func shaped(_ inputs: [KerasInput]) throws(ModelFileError.Problem) -> [KerasPart]? {
    let input = inputs[0]
    let isKnown = Self.shapeNames.contains(name) || (Self.reductions[name] != nil && !options.isEmpty)
    guard isKnown else { return nil }
    guard !inputs.contains(where: \.isPlane), name == "concatenate" || inputs.allSatisfy({ $0.image == nil }) else {
      throw .unsupported(found: "the operation \(name) here", expected: "a Dense layer before it")
    }
    let rank = input.rank
    switch name {
    case "expanddims":
      // Behind the last axis is a place too.
      guard let axis = axis(default: nil, count: rank + 2), axis > 0 else { throw wrongAxis }
      var lengths = input.kerasShape
      lengths.insert(1, at: axis - 1)
      return try reshaped(input, lengths)
    case "squeeze":
      guard let axes = axes(count: rank + 1), axes.allSatisfy({ $0 > 0 && input.kerasShape[$0 - 1] == 1 }) else {
        throw wrongAxis
      }
      return try reshaped(
        input, input.kerasShape.indices.filter { !axes.contains($0 + 1) }.map { input.kerasShape[$0] })
    case "reshape":
      let lengths = (options["newshape"]?.elements ?? []).map { $0 == .number(-1) || $0 == .null ? -1 : $0.count ?? 0 }
      guard lengths.first == -1, lengths.count > 1, !lengths.contains(0) else {
        throw .unsupported(
          found: "the operation reshape to \(options["newshape"] ?? .null)", expected: "-1 for the batch, and lengths")
      }
      return try reshaped(input, Array(lengths.dropFirst()))
    case "transpose":
      let axes = (options["axes"]?.elements ?? []).map { $0 == 0 ? 0 : $0.count ?? -1 }
      guard axes.first == 0 else { throw wrongAxis }
      var dims = KerasOptions(
        ["dims": .array(axes.dropFirst().map { JSON($0) })], of: [:], for: .prediction)
      return [KerasPart(try Permute(keras: &dims, inputShape: input.shape))]
    case "concatenate":
      var axis = KerasOptions(["axis": options["axis"] ?? .number(-1)], of: [:], for: .prediction)
      return [KerasPart(try Concatenate(keras: &axis, inputShapes: inputs.map(\.shape)))]
    case "stack":
      guard let axis = axis(default: 0, count: rank + 2), axis > 0 else { throw wrongAxis }
      return [KerasPart(Stack(kerasAxis: axis))]
    default: return try reduced(input)
    }
  }

  private static let shapeNames: Set<String> = [
    "expanddims", "squeeze", "reshape", "transpose", "concatenate", "stack",
  ]
  private static let reductions: [String: ReduceLayer.Kind] = [
    "sum": .sum, "mean": .mean, "max": .maximum, "amax": .maximum, "min": .minimum, "amin": .minimum,
  ]

  private func reduced(_ input: KerasInput) throws(ModelFileError.Problem) -> [KerasPart]? {
    guard let kind = Self.reductions[name], operands.count == 1,
      options.keys.allSatisfy({ ["axis", "keepdims"].contains($0) })
    else { return nil }
    let shape = input.shape
    guard let numbers = axes(count: input.rank + 1), !numbers.isEmpty else { throw wrongAxis }
    let own = numbers.compactMap { shape.axis(keras: $0) }
    guard own.count == numbers.count, Set(own).count == own.count else { throw wrongAxis }
    let layer = KerasPart(ReduceLayer(kind, axes: own.sorted()))
    guard options["keepdims"] != true else { return [layer] }
    let rest = input.kerasShape.indices.filter { !numbers.contains($0 + 1) }.map { input.kerasShape[$0] }
    guard !rest.isEmpty else {
      throw .unsupported(found: "the operation \(name) over all axes", expected: "keepdims, or an axis that is left")
    }
    var reduced = input
    reduced.shape = Shape(shape.indices.map { own.contains($0) ? 1 : shape[$0] })
    return [layer] + (try reshaped(reduced, rest))
  }

  /// `x[:, 0]`, `x[:, 1:3]` and the like; `nil` for what is read in another way.
  func sliced(_ input: KerasInput, _ places: [JSON]) throws(ModelFileError.Problem) -> [KerasPart]? {
    guard places.first == Self.slice(step: nil), places.count <= input.rank + 1, !input.isPlane, input.image == nil
    else {
      return nil
    }
    var parts: [KerasPart] = []
    var current = input
    var dropped: Set<Int> = []
    for (number, place) in places.enumerated().dropFirst() where place != Self.slice(step: nil) {
      let length = input.kerasShape[number - 1]
      guard let (range, step) = Self.range(place, of: length), let axis = input.shape.axis(keras: number) else {
        return nil
      }
      parts.append(KerasPart(SliceLayer(axis: axis, range, step: step)))
      current.shape = current.shape.replacing(axis: axis, with: (range.count + step - 1) / step)
      if place.members == nil { dropped.insert(number) }
    }
    if dropped.isEmpty { return parts.isEmpty ? nil : parts }
    let rest = current.kerasShape.indices.filter { !dropped.contains($0 + 1) }.map { current.kerasShape[$0] }
    guard !rest.isEmpty else { return nil }
    return parts + (try reshaped(current, rest))
  }

  /// The elements that an index or a slice takes of an axis; `nil` for none, and for a slice that goes backwards.
  private static func range(_ place: JSON, of length: Int) -> (Range<Int>, step: Int)? {
    func whole(_ value: JSON?) -> Int?? {
      guard let value, value != .null else { return .some(nil) }
      guard case .number(let number) = value, let number = Int(exactly: number) else { return nil }
      return .some(number < 0 ? number + length : number)
    }
    guard place.members != nil else {
      guard case .some(.some(let index)) = whole(place), (0..<length).contains(index) else { return nil }
      return (index..<index + 1, 1)
    }
    guard let start = whole(place["start"]), let stop = whole(place["stop"]),
      let step = place["step"] == .null ? 1 : place["step"]?.count
    else { return nil }
    let (low, high) = (min(max(start ?? 0, 0), length), min(max(stop ?? length, 0), length))
    return low < high ? (low..<high, step) : nil
  }

  // MARK: Steps

  func reshaped(_ input: KerasInput, _ lengths: [Int]) throws(ModelFileError.Problem) -> [KerasPart] {
    var target = KerasOptions(
      ["target_shape": .array(lengths.map { $0 < 0 ? .number(-1) : JSON($0) })], of: [:], for: .prediction)
    return try KerasPart.reshape(&target, input)
  }

  /// The axis that is named, counted from the start; `nil` where there is none.
  private func axis(default fallback: Int?, count: Int) -> Int? {
    let value = options["axis"] ?? operands.dropFirst().first ?? nil
    guard let value else { return fallback }
    guard case .number(let number) = value, let number = Int(exactly: number) else { return nil }
    let counted = number < 0 ? number + count : number
    return (0..<count).contains(counted) ? counted : nil
  }

  private func axes(count: Int) -> [Int]? {
    guard let value = options["axis"] else { return nil }
    let numbers = (value["config"]?["value"] ?? value).elements ?? [value]
    let counted = numbers.compactMap { number -> Int? in
      guard case .number(let number) = number, let number = Int(exactly: number) else { return nil }
      return number < 0 ? number + count : number
    }
    return counted.count == numbers.count && counted.allSatisfy((1..<count).contains) ? counted : nil
  }

  private var wrongAxis: ModelFileError.Problem {
    .unsupported(
      found: "the operation \(name) along \(options["axis"] ?? options["axes"] ?? .null)",
      expected: "axes of the value, and not that of the batch")
  }
}
