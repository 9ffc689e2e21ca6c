import NN
import Serialization
import Tensor

// Operations that are about axes.

extension KerasOperation {
  /// `x[..., ::-1]` of an image, which turns red, green and blue into blue, green and red as `preprocess_input` of some
  /// networks does it: a convolution of single pixels whose kernel has a 1 for each channel.
  ///
  /// - Throws: the problem for other slices.
  func channelsReversed(_ input: KerasInput) throws(ModelFileError.Problem) -> KerasPart {
    let places = slices
    // `...`, or a slice for each of the axes before.
    let isWhole =
      places.dropLast() == ["..."]
      || places.count == input.rank + 1 && places.dropLast().allSatisfy { $0 == Self.slice(step: nil) }
    guard input.rank == 3, places.last == Self.slice(step: -1), isWhole, options.keys.allSatisfy({ $0 == "slice_spec" })
    else {
      throw .unsupported(
        found: "the slice [\(places.map(\.description).joined(separator: ", "))]", expected: "[..., ::-1] of an image")
    }
    let channels = input.shape[0]
    let kernel = (0..<channels).flatMap { row in (0..<channels).map { row + $0 == channels - 1 ? Float(1) : 0 } }
    return KerasPart(
      Conv2D(channels, kernelSize: 1, useBias: false),
      values: [Tensor(shape: [1, 1, channels, channels], scalars: kernel)])
  }

  static func slice(step: Int?) -> JSON {
    ["start": nil, "stop": nil, "step": step.map { JSON($0) } ?? .null]
  }

  /// What stands in the brackets: `...`, an index, or an object with `start`, `stop` and `step`.
  var slices: [JSON] {
    let listed = options["slice_spec"] ?? operands.compactMap { $0 }.first ?? []
    // A list of one axis may be written without the list. Keras 3 writes a tuple as an object.
    return (listed["config"]?["value"] ?? listed).elements.map { $0.map(Self.plain) } ?? [Self.plain(listed)]
  }

  /// One of them in a single spelling.
  private static func plain(_ place: JSON) -> JSON {
    if place == "__ellipsis__" || place["class_name"] == "__ellipsis__" { return "..." }
    let parts = place["config"] ?? place
    guard parts.members != nil else { return place }
    return ["start": parts["start"] ?? .null, "stop": parts["stop"] ?? .null, "step": parts["step"] ?? .null]
  }

  /// The mean over the pixels of an image or the steps of a sequence; `nil` for another one.
  func mean(_ input: KerasInput) -> (any KerasLayer)? {
    let axes = (options["axis"] ?? operands.dropFirst().first ?? nil).flatMap { $0.elements ?? [$0] } ?? []
    let numbers = axes.compactMap { axis -> Int? in
      guard case .number(let number) = axis, let number = Int(exactly: number) else { return nil }
      return number < 0 ? number + input.rank + 1 : number
    }
    let keeps = options["keepdims"] ?? false
    guard !input.isPlane, input.image == nil, options.keys.allSatisfy({ ["axis", "keepdims"].contains($0) }),
      keeps == true || keeps == false
    else { return nil }
    switch (input.rank, numbers.sorted()) {
    case (3, [1, 2]): return GlobalAveragePool2D(keepsAxes: keeps == true)
    case (2, [1]): return GlobalAveragePool1D(keepsAxes: keeps == true)
    default: return nil
    }
  }
}
