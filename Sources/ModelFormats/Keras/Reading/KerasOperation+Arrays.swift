import NN
import Serialization
import Tensor

// Operations that repeat, reorder or surround what is in a value, products of matrices, and what is one of Kilim's layers.

extension KerasOperation {
  /// The layers that do the same; `nil` for an operation of another kind.
  func arrays(_ inputs: [KerasInput]) throws(ModelFileError.Problem) -> [KerasPart]? {
    guard Self.arrayNames.contains(name) else { return nil }
    guard inputs.allSatisfy({ !$0.isPlane && $0.image == nil }) else {
      throw .unsupported(found: "the operation \(name) here", expected: "a Dense layer before it")
    }
    let input = inputs[0]
    if name == "matmul" { return try matrixProduct(inputs) }
    guard inputs.count == 1 else { throw wrongOptions }
    switch name {
    case "flip":
      let axis = try ownAxis(of: input, allowing: ["axis"])
      guard input.shape[axis] <= Self.mostPlaces else { throw wrongOptions }
      return [KerasPart(GatherLayer(axis: axis, (0..<input.shape[axis]).reversed()))]
    case "repeat":
      let axis = try ownAxis(of: input, allowing: ["axis", "repeats"])
      guard let count = options["repeats"]?.count, count <= Self.mostCopies,
        input.shape[axis] <= Self.mostPlaces / count
      else { throw wrongOptions }
      let places = (0..<input.shape[axis]).flatMap { [Int](repeating: $0, count: count) }
      return [KerasPart(GatherLayer(axis: axis, places))]
    case "take":
      let axis = try ownAxis(of: input, allowing: ["axis"])
      let listed = (operands.compactMap { $0 }.first ?? nil)?.elements ?? []
      let places = listed.compactMap(\.whole).map { $0 < 0 ? $0 + input.shape[axis] : $0 }
      guard operands.count == 2, !places.isEmpty, places.count == listed.count,
        places.allSatisfy((0..<input.shape[axis]).contains)
      else { throw wrongOptions }
      return [KerasPart(GatherLayer(axis: axis, places))]
    case "tile": return try tiled(input)
    case "pad": return [KerasPart(try padded(input))]
    case "normalize":
      let axis = try ownAxis(of: input, allowing: ["axis", "order", "epsilon"], default: -1)
      guard options["order"] ?? 2 == 2, case .number(let epsilon) = options["epsilon"] ?? .number(1e-7), epsilon > 0
      else { throw wrongOptions }
      return [KerasPart(NormalizeLayer(axis: axis, epsilon: Float(epsilon)))]
    case "roll":
      let axis = try ownAxis(of: input, allowing: ["axis", "shift"])
      let length = input.shape[axis]
      guard let shift = options["shift"]?.whole, length <= Self.mostPlaces else { throw wrongOptions }
      let first = (length - shift % max(length, 1)) % max(length, 1)
      return [KerasPart(GatherLayer(axis: axis, (0..<length).map { ($0 + first) % length }))]
    case "split": return [KerasPart(try split(input))]
    case "unstack":
      // The axis that is left out is not that of the channels of an image, which stands elsewhere here.
      let axis = try ownAxis(of: input, allowing: ["axis", "num"])
      let length = input.shape[axis]
      guard input.rank == 2, length <= Self.mostParts, options["num"] ?? JSON(length) == JSON(length) else {
        throw wrongOptions
      }
      return [KerasPart(SplitLayer(axis: axis, bounds: Array(0...length), dropsAxis: true))]
    default: return try depthToSpace(input)
    }
  }

  private static let arrayNames: Set<String> = [
    "flip", "repeat", "take", "tile", "pad", "matmul", "normalize", "depthtospace", "roll", "split", "unstack",
  ]
  private static let mostCopies = 10_000
  /// A layer lists so many places at most: a small file may ask for many.
  static let mostPlaces = 1 << 20
  private static let mostParts = 10_000

  /// The products of the matrices of two values. Those of images stand in another order here.
  private func matrixProduct(_ inputs: [KerasInput]) throws(ModelFileError.Problem) -> [KerasPart] {
    guard inputs.count == 2, operands.count == 2, options.isEmpty, inputs.allSatisfy({ $0.rank == 2 }) else {
      let found = inputs.map { "\($0.kerasShape)" }.joined(separator: " and ")
      throw .unsupported(found: "the operation matmul of values of shape \(found)", expected: "two of two axes each")
    }
    return [KerasPart(MatrixProduct())]
  }

  /// `split` into parts of one length, or at some places.
  private func split(_ input: KerasInput) throws(ModelFileError.Problem) -> SplitLayer {
    let axis = try ownAxis(of: input, allowing: ["axis", "indices_or_sections"])
    let length = input.shape[axis]
    let cuts: [Int]
    switch options["indices_or_sections"] {
    case .array(let places): cuts = places.compactMap(\.whole).count == places.count ? places.compactMap(\.whole) : [-1]
    case let count?:
      guard let count = count.count, count <= Self.mostParts, length % count == 0 else { throw wrongOptions }
      cuts = (1..<count).map { $0 * (length / count) }
    case nil: throw wrongOptions
    }
    let bounds = [0] + cuts + [length]
    guard bounds.count <= Self.mostParts, zip(bounds, bounds.dropFirst()).allSatisfy(<) else { throw wrongOptions }
    return SplitLayer(axis: axis, bounds: bounds)
  }

  private func tiled(_ input: KerasInput) throws(ModelFileError.Problem) -> [KerasPart] {
    let counts = (options["repeats"]?.elements ?? []).map { $0.count ?? 0 }
    guard options.count == 1, operands.count == 1, counts.count == input.rank + 1, counts.first == 1,
      counts.allSatisfy((1...Self.mostCopies).contains)
    else { throw wrongOptions }
    return input.shape.indices.compactMap { axis in
      let count = counts[input.shape.kerasAxis(axis)]
      return count > 1 ? KerasPart(TileLayer(axis: axis, count: count)) : nil
    }
  }

  private func padded(_ input: KerasInput) throws(ModelFileError.Problem) -> PadLayer {
    var options = options
    let widths = (options.removeValue(forKey: "pad_width")?.elements ?? []).map { pair in
      (pair.elements ?? []).compactMap(\.amount)
    }
    guard options.removeValue(forKey: "mode") ?? "constant" == "constant",
      case .number(let filler) = options.removeValue(forKey: "constant_values") ?? .number(0), Float(filler).isFinite,
      options.isEmpty, operands.count == 1, widths.count == input.rank + 1, widths.allSatisfy({ $0.count == 2 }),
      widths[0] == [0, 0]
    else { throw wrongOptions }
    let amounts = input.shape.indices.map { axis in
      let pair = widths[input.shape.kerasAxis(axis)]
      return (before: pair[0], after: pair[1])
    }
    return PadLayer(amounts, with: Float(filler))
  }

  /// Blocks of channels become blocks of pixels: `[H, W, b · b · C]` becomes `[H · b, W · b, C]`.
  private func depthToSpace(_ input: KerasInput) throws(ModelFileError.Problem) -> [KerasPart] {
    guard input.rank == 3, operands.count == 1,
      options.keys.allSatisfy({ ["block_size", "data_format"].contains($0) }),
      options["data_format"] ?? "channels_last" == "channels_last", let block = options["block_size"]?.count,
      block <= Self.mostCopies, input.shape[0] % (block * block) == 0
    else { throw wrongOptions }
    let (channels, height, width) = (input.shape[0] / (block * block), input.shape[1], input.shape[2])
    let apart = try reshaped(input, [height, width, block, block, channels])
    var dims = KerasOptions(["dims": [1, 3, 2, 4, 5]], of: [:], for: .prediction)
    let turned = KerasPart(
      try Permute(keras: &dims, inputShape: Shape(kerasLengths: [height, width, block, block, channels])))
    let value = KerasInput(shape: Shape(kerasLengths: [height, block, width, block, channels]))
    return apart + [turned] + (try reshaped(value, [height * block, width * block, channels]))
  }

  /// The axis of an example that the option `axis` names.
  private func ownAxis(
    of input: KerasInput, allowing keys: Set<String>, default fallback: Int? = nil
  ) throws(ModelFileError.Problem) -> Int {
    let value =
      options["axis"].map { $0.elements?.count == 1 ? $0.elements?[0] : $0 } ?? fallback.map { .number(Double($0)) }
    guard options.keys.allSatisfy(keys.contains), let number = value?.whole, let axis = input.shape.axis(keras: number)
    else { throw wrongOptions }
    return axis
  }

  private var wrongOptions: ModelFileError.Problem {
    let listed = options.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }.joined(separator: ", ")
    return .unsupported(
      found: "the operation \(name) with \(listed.isEmpty ? "no options" : listed)",
      expected: "axes of the value, and not that of the batch, and the usual options")
  }
}

extension JSON {
  /// The number where it is a whole one; `nil` otherwise.
  fileprivate var whole: Int? {
    if case .number(let number) = self { Int(exactly: number) } else { nil }
  }
}
