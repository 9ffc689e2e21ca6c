import NN
import Serialization
import Tensor

// Operations that change axes, or reduce them.

extension KerasOperation {
  /// The layers that do the same; `nil` for an operation of another kind.
  func shaped(_ inputs: [KerasInput]) throws(ModelFileError.Problem) -> [KerasPart]? {
    let input = inputs[0]
    let reduces = Self.reductions[name] != nil || Self.otherReductions.contains(name)
    let isKnown = Self.shapeNames.contains(name) || (reduces && !options.isEmpty)
    guard isKnown else { return nil }
    guard name == "reshape" || !inputs.contains(where: \.isPlane),
      name == "concatenate" || inputs.allSatisfy({ $0.image == nil })
    else {
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
      return try permuted(input, (options["axes"]?.elements ?? []).map { $0 == 0 ? 0 : $0.count ?? -1 })
    case "swapaxes":
      var order = Array(0...rank)
      guard options.count == 2, let first = place("axis1", count: rank + 1),
        let second = place("axis2", count: rank + 1)
      else { throw wrongAxis }
      order.swapAt(first, second)
      return try permuted(input, order)
    case "moveaxis":
      var order = Array(0...rank)
      guard options.count == 2, let from = place("source", count: rank + 1),
        let to = place("destination", count: rank + 1)
      else { throw wrongAxis }
      order.insert(order.remove(at: from), at: to)
      return try permuted(input, order)
    case "concatenate":
      guard axis(default: -1, count: rank + 1) != 0, options.keys.allSatisfy({ $0 == "axis" }) else { throw wrongAxis }
      var axis = KerasOptions(["axis": options["axis"] ?? .number(-1)], of: [:], for: .prediction)
      return [KerasPart(try Concatenate(keras: &axis, inputShapes: inputs.map(\.shape)))]
    case "hstack":
      guard options.isEmpty else { throw wrongAxis }
      var axis = KerasOptions(["axis": 1], of: [:], for: .prediction)
      return [KerasPart(try Concatenate(keras: &axis, inputShapes: inputs.map(\.shape)))]
    case "stack":
      guard let axis = axis(default: 0, count: rank + 2), axis > 0 else { throw wrongAxis }
      return [KerasPart(Stack(kerasAxis: axis))]
    default: return try reduced(input)
    }
  }

  private static let shapeNames: Set<String> = [
    "expanddims", "squeeze", "reshape", "transpose", "swapaxes", "moveaxis", "concatenate", "hstack",
    "stack",
  ]
  private static let reductions: [String: ReduceLayer.Kind] = [
    "sum": .sum, "mean": .mean, "average": .mean, "max": .maximum, "amax": .maximum, "min": .minimum,
    "amin": .minimum, "logsumexp": .logSumExp,
  ]
  /// Those without a layer of their own: the variance, the deviation, and the length √Σ x².
  private static let otherReductions: Set<String> = ["var", "std", "norm"]

  private func reduced(_ input: KerasInput) throws(ModelFileError.Problem) -> [KerasPart]? {
    let isEuclidean = name == "norm" && options["ord"] == 2
    guard operands.count == 1,
      options.keys.allSatisfy({ ["axis", "keepdims"].contains($0) || ($0 == "ord" && isEuclidean) })
    else { return nil }
    let shape = input.shape
    guard let numbers = axes(count: input.rank + 1), !numbers.isEmpty else { throw wrongAxis }
    let own = numbers.compactMap { shape.axis(keras: $0) }
    guard own.count == numbers.count, Set(own).count == own.count else { throw wrongAxis }
    // The length of a matrix may be another one than the root of its squares.
    guard name != "norm" || own.count == 1 else { throw wrongAxis }
    let layers = reducing(own.sorted()).map { KerasPart($0) }
    guard options["keepdims"] != true else { return layers }
    let rest = input.kerasShape.indices.filter { !numbers.contains($0 + 1) }.map { input.kerasShape[$0] }
    guard !rest.isEmpty else {
      throw .unsupported(found: "the operation \(name) over all axes", expected: "keepdims, or an axis that is left")
    }
    var reduced = input
    reduced.shape = Shape(shape.indices.map { own.contains($0) ? 1 : shape[$0] })
    return layers + (try reshaped(reduced, rest))
  }

  /// The layers that reduce these axes of an example, one behind the other.
  private func reducing(_ axes: [Int]) -> [any KerasLayer] {
    switch name {
    case "var", "std": return [VarianceLayer(axes: axes, isDeviation: name == "std")]
    case "norm": return [FunctionLayer(.squared), ReduceLayer(.sum, axes: axes), FunctionLayer(.squareRoot)]
    default: return [ReduceLayer(Self.reductions[name] ?? .sum, axes: axes)]
    }
  }

  /// `x[:, 0]`, `x[..., 1:3]`, `x[:, None]` and the like; `nil` for what is read in another way.
  func sliced(_ input: KerasInput, _ written: [JSON]) throws(ModelFileError.Problem) -> [KerasPart]? {
    let places = Self.withoutEllipsis(written, axes: input.rank + 1)
    guard places.first == Self.slice(step: nil), !input.isPlane, input.image == nil,
      places.count(where: { $0 != .null }) <= input.rank + 1
    else { return nil }
    var parts: [KerasPart] = []
    var current = input
    // The lengths of the result, in Keras's order.
    var lengths: [Int] = []
    var isReshaped = false
    var number = 0
    for place in places.dropFirst() {
      guard place != .null else {
        lengths.append(1)
        isReshaped = true
        continue
      }
      number += 1
      let length = input.kerasShape[number - 1]
      guard let axis = input.shape.axis(keras: number) else { return nil }
      if place == Self.slice(step: nil) {
        lengths.append(length)
        continue
      }
      if place == Self.slice(step: -1) {
        guard number != 3, length <= Self.mostPlaces else { return nil }
        parts.append(KerasPart(GatherLayer(axis: axis, (0..<length).reversed())))
        lengths.append(length)
        continue
      }
      guard let (range, step) = Self.range(place, of: length) else { return nil }
      parts.append(KerasPart(SliceLayer(axis: axis, range, step: step)))
      let count = (range.count + step - 1) / step
      current.shape = current.shape.replacing(axis: axis, with: count)
      if place.members == nil { isReshaped = true } else { lengths.append(count) }
    }
    guard isReshaped else { return parts.isEmpty ? nil : parts }
    lengths += input.kerasShape.dropFirst(number)
    guard !lengths.isEmpty else { return nil }
    return parts + (try reshaped(current, lengths))
  }

  /// The places with a whole slice for each axis that `...` stands for.
  private static func withoutEllipsis(_ places: [JSON], axes: Int) -> [JSON] {
    guard let index = places.firstIndex(of: "...") else { return places }
    let others = places.count { $0 != .null } - 1
    let whole = Array(repeating: slice(step: nil), count: max(axes - others, 0))
    return places[..<index] + whole + places[(index + 1)...]
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

  /// The axes in another order, in which the batch stays the first.
  private func permuted(_ input: KerasInput, _ order: [Int]) throws(ModelFileError.Problem) -> [KerasPart] {
    guard order.first == 0 else { throw wrongAxis }
    var dims = KerasOptions(["dims": .array(order.dropFirst().map { JSON($0) })], of: [:], for: .prediction)
    return [KerasPart(try Permute(keras: &dims, inputShape: input.shape))]
  }

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

  /// The axis that an option names, counted from the start; `nil` where there is none.
  private func place(_ option: String, count: Int) -> Int? {
    guard case .number(let number)? = options[option].map({ $0.elements?.count == 1 ? $0.elements?[0] ?? $0 : $0 }),
      let number = Int(exactly: number)
    else { return nil }
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
