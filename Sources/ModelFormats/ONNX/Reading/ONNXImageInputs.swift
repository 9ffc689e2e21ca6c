/// Which inputs of a graph are images with the channels last: all that takes them turns them to channels first before
/// the first layer of an image. Exports of Keras are so.
struct ONNXImageInputs {
  private var channelsLast: Set<String> = []

  /// Follows each value that is an input but for transpositions and what treats each element alone.
  init(_ nodes: [ONNXNode]) {
    /// The input that a value is, and its axes in the order of the value.
    var turned: [String: (input: String, axes: [Int])] = [:]
    let made = Set(nodes.flatMap(\.outputs))
    for node in nodes {
      let sources = node.inputs.filter { !$0.isEmpty }
      guard let name = sources.first(where: { turned[$0] != nil }) ?? sources.first(where: { !made.contains($0) })
      else {
        continue
      }
      let (input, axes) = turned[name] ?? (name, [0, 1, 2, 3])
      if Self.layersOfImages.contains(node.operation) {
        if sources.first == name, axes == [0, 3, 1, 2] { channelsLast.insert(input) }
        continue
      }
      var result = axes
      if node.operation == "Transpose" {
        guard case .integers(let order)? = node.attributes.first(where: { $0.name == "perm" })?.value,
          order.sorted() == [0, 1, 2, 3]
        else { continue }
        result = order.map { axes[$0] }
      } else if !Self.elementwise.contains(node.operation) {
        continue
      }
      for output in node.outputs { turned[output] = (input, result) }
    }
  }

  /// Whether the input of this name is an image with the channels last.
  func isChannelsLast(_ input: String) -> Bool { channelsLast.contains(input) }

  private static let layersOfImages: Set<String> = [
    "Conv", "ConvTranspose", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "BatchNormalization",
    "InstanceNormalization", "GroupNormalization",
  ]

  private static let elementwise: Set<String> = [
    "Add", "Sub", "Mul", "Div", "Cast", "Identity", "Pad", "Resize", "Upsample", "Relu", "Clip", "Dropout", "Slice",
    "Neg",
  ]
}
