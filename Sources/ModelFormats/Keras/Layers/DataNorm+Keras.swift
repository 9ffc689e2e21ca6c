import NN
import Serialization
import Tensor

/// Keras: mean and variance with an axis for each kept one, in the order of Keras's axes, and a count that nothing uses;
/// none of them where the statistics are given.
extension DataNorm: KerasLayer {
  var kerasClass: String { "Normalization" }

  /// Statistics that are given are options, and in the order of the features.
  var dependsOnElementOrder: Bool { given?.mean.count ?? 1 > 1 }

  func kerasOptions(inputShapes: [Shape]) -> [String: JSON] {
    let shape = inputShapes[0]
    var options: [String: JSON] = [
      "axis": axes == [] ? nil : JSON(kerasAxes: axes, of: shape), "invert": .bool(isInverse),
    ]
    if given != nil {
      let values = kerasStatistics(flattenedFrom: nil).map(\.value)
      options["mean"] = JSON(nested: values[0])
      options["variance"] = JSON(nested: values[1])
    }
    return options
  }

  convenience init(keras options: inout KerasOptions, _ input: KerasInput) throws(ModelFileError.Problem) {
    let axes = options.take("axis", ifEqualTo: []) ? [] : try options.batchAxes("axis", of: input.shape, noneFor: .null)
    let isInverse = try options.bool("invert", default: false)
    let (mean, variance) = (try options.nestedNumbers("mean"), try options.nestedNumbers("variance"))
    guard let mean, let variance else {
      guard mean == nil, variance == nil else {
        throw .unsupported(found: "a mean or a variance alone", expected: "both or none")
      }
      self.init(axes: axes?.sorted(), isInverse: isInverse)
      return
    }
    guard input.image == nil || mean.count == 1 else {
      throw .unsupported(found: "a mean for each feature of a flattened image", expected: "one for all")
    }
    // Lengths of the last of the axes in Keras's order, as many as there are.
    let shape = input.shape
    let kept = shape.kerasOrder.filter { (axes ?? [featureAxis(ofExample: shape)]).contains($0 + 1) }
    guard mean.shape == variance.shape, mean.rank <= kept.count else {
      throw .unsupported(
        found: "a mean of shape \(mean.shape) and a variance of shape \(variance.shape)",
        expected: "\(counted(kept.count, "axis", plural: "axes")) or fewer")
    }
    func ordered(_ tensor: Tensor<Float>) -> Tensor<Float> {
      guard axes != nil, tensor.rank > 0 else { return tensor }
      let last = Dictionary(zip(kept.suffix(tensor.rank), tensor.shape)) { $1 }
      let order = shape.kerasOrder
      return tensor.reshaped(to: Shape(order.map { last[$0] ?? 1 }))
        .permuted(order.indices.sorted { order[$0] < order[$1] }).contiguous()
    }
    self.init(mean: ordered(mean), variance: ordered(variance), axes: axes?.sorted(), isInverse: isInverse)
  }

  func kerasVariableShapes(inputShape: Shape) -> [Shape] {
    guard given == nil else { return [] }
    let shape = axes == [] ? [] : inputShape.kerasLengths(ofBatchAxes: axes)
    return [shape, shape, []]
  }

  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] {
    guard given == nil else { return [] }
    return kerasStatistics(flattenedFrom: image) + [KerasVariable(constant: Tensor(scalar: 0))]
  }

  private func kerasStatistics(flattenedFrom image: FlattenedImage?) -> [KerasVariable] {
    [mean, variance].map { buffer in
      guard let axes, !axes.isEmpty, image == nil else { return KerasVariable(buffer, flattenedFrom: image) }
      let shape = buffer.value.shape
      return KerasVariable(buffer, kerasShape: shape.kerasLengths(ofBatchAxes: axes), axes: shape.kerasOrder)
    }
  }
}

extension JSON {
  /// The elements of a tensor as lists within lists.
  init(nested tensor: Tensor<Float>) {
    self =
      tensor.rank == 0
      ? JSON(tensor.scalar) : .array((0..<tensor.shape[0]).map { JSON(nested: tensor.select($0)) })
  }

  /// The tensor of nested lists; `nil` where their elements are not numbers or their lengths differ.
  var nestedNumbers: Tensor<Float>? {
    switch self {
    case .number(let number), .decimal(let number): return Tensor(scalar: Float(number))
    case .array(let elements):
      let parts = elements.compactMap(\.nestedNumbers)
      guard parts.count == elements.count, let first = parts.first, parts.allSatisfy({ $0.shape == first.shape }) else {
        return nil
      }
      return Tensor(stacking: parts)
    default: return nil
    }
  }
}

extension KerasOptions {
  /// Takes a number, or lists of numbers within lists; `nil` for none.
  mutating func nestedNumbers(_ key: String) throws(ModelFileError.Problem) -> Tensor<Float>? {
    guard var value = take(key), value != .null else { return nil }
    if let array = value["config"]?["value"] { value = array }
    guard let numbers = value.nestedNumbers else {
      throw .unsupported(found: "\(key) = \(value)", expected: "a number, or lists of numbers of one length")
    }
    return numbers
  }

  /// As ``batchAxes(_:of:)``, but no axis at all where the value is `none`.
  mutating func batchAxes(
    _ key: String, of shape: Shape, noneFor none: JSON
  ) throws(ModelFileError.Problem) -> [Int]? {
    take(key, ifEqualTo: none) ? [] : try batchAxes(key, of: shape)
  }
}
