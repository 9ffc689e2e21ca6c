import NN
import Serialization
import Tensor

// Operations that Keras has a layer for.

extension KerasOperation {
  /// The layers that Keras's layer becomes; `nil` for an operation of another kind.
  func kerasLayer(_ inputs: [KerasInput]) throws(ModelFileError.Problem) -> [KerasPart]? {
    let input = inputs[0]
    guard inputs.count == 1, operands.count == 1, !input.isPlane, input.image == nil else { return nil }
    switch (name, input.rank) {
    case ("maxpool", 3): return try read("MaxPooling2D", input)
    case ("maxpool", 2): return try read("MaxPooling1D", input)
    case ("averagepool", 3): return try read("AveragePooling2D", input)
    case ("averagepool", 2): return try read("AveragePooling1D", input)
    // Along the last axis it is an activation.
    case ("softmax", _) where options["axis"] ?? -1 != -1: return try read("Softmax", input)
    case ("cropimages", 3): return try read("Cropping2D", input, ["cropping": sides("cropping")])
    case ("padimages", 3): return try read("ZeroPadding2D", input, ["padding": sides("padding")])
    case ("resize", 3):
      guard let size = options["size"]?.elements, size.count == 2 else { return nil }
      var rest = options.merging(["height": size[0], "width": size[1]]) { $1 }
      rest["size"] = nil
      return try read("Resizing", input, rest)
    case ("rgbtograyscale", 3):
      guard input.shape[0] == 3, options["data_format"] ?? "channels_last" == "channels_last" else { return nil }
      // ITU-R BT.601, as Keras and TensorFlow have it.
      let kernel = Tensor<Float>(shape: [1, 1, 3, 1], scalars: [0.2989, 0.5870, 0.1140])
      return [KerasPart(Conv2D(1, kernelSize: 1, useBias: false), values: [kernel])]
    default: return nil
    }
  }

  /// Reads the operation as a layer of Keras.
  private func read(
    _ kerasClass: String, _ input: KerasInput, _ options: [String: JSON]? = nil
  ) throws(ModelFileError.Problem) -> [KerasPart]? {
    guard let reader = KerasClasses.readers[kerasClass] else { return nil }
    var layer = KerasOptions(options ?? self.options, of: KerasTables.layers[kerasClass] ?? [:], for: .prediction)
    let parts = try reader(&layer, input)
    _ = try layer.finish()
    return parts
  }

  /// What is cut off or added at the sides: `top_cropping` and so on, as `[[top, bottom], [left, right]]`.
  private func sides(_ what: String) throws(ModelFileError.Problem) -> JSON {
    var rest = options
    func side(_ name: String) -> JSON { rest.removeValue(forKey: "\(name)_\(what)") ?? .null }
    let (top, bottom, left, right) = (side("top"), side("bottom"), side("left"), side("right"))
    if rest["data_format"] == "channels_last" { rest["data_format"] = nil }
    guard rest.isEmpty, [top, bottom, left, right].allSatisfy({ $0.amount != nil }) else {
      let listed = options.keys.sorted().joined(separator: ", ")
      throw .unsupported(found: "the operation \(name) with \(listed)", expected: "the amounts of all four sides")
    }
    return [[top, bottom], [left, right]]
  }
}
