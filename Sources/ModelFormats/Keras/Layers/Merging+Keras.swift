import NN
import Serialization
import Tensor

extension Add: KerasLayer { var kerasClass: String { "Add" } }

extension Subtract: KerasLayer { var kerasClass: String { "Subtract" } }

extension Multiply: KerasLayer { var kerasClass: String { "Multiply" } }

extension Average: KerasLayer { var kerasClass: String { "Average" } }

extension Maximum: KerasLayer { var kerasClass: String { "Maximum" } }

extension Minimum: KerasLayer { var kerasClass: String { "Minimum" } }

extension Concatenate: KerasLayer {
  var kerasClass: String { "Concatenate" }

  func kerasOptions(inputShapes: [Shape]) -> [String: JSON] {
    guard axis != nil, let shape = inputShapes.first else { return ["axis": .number(-1)] }
    return ["axis": JSON(shape.kerasAxis(resolvedAxis(rank: shape.rank)))]
  }

  /// Features behind each other keep their orders.
  func flattenedImage(
    merging images: [FlattenedImage?], inputShapes: [Shape]
  ) throws(ModelFileError.Problem) -> FlattenedImage? {
    FlattenedImage(joining: zip(images, inputShapes).map { ($0, featureCount: $1.first ?? 0) })
  }

  convenience init(keras options: inout KerasOptions, inputShapes: [Shape]) throws(ModelFileError.Problem) {
    let shape = inputShapes.first ?? []
    let axis = try options.axis("axis", of: shape)
    // Keras's last axis, as in a new layer.
    self.init(axis: shape.kerasAxis(axis) == shape.rank ? nil : axis)
  }
}

extension Dot: KerasLayer {
  var kerasClass: String { "Dot" }

  func kerasOptions(inputShapes: [Shape]) -> [String: JSON] {
    let numbers = zip(inputShapes, axes).map { shape, axis in shape.kerasAxis(shape.resolve(axis: axis, in: "Dot")) }
    return ["axes": .array(numbers.map { JSON($0) }), "normalize": .bool(normalizes)]
  }

  /// A sum over all features has no order.
  func flattenedImage(
    merging images: [FlattenedImage?], inputShapes: [Shape]
  ) throws(ModelFileError.Problem) -> FlattenedImage? {
    guard images.allSatisfy({ $0 == images[0] }) else { throw FlattenedImage.differentOrders }
    return nil
  }

  convenience init(keras options: inout KerasOptions, inputShapes: [Shape]) throws(ModelFileError.Problem) {
    let value = options.take("axes") ?? .null
    let numbers = value.elements ?? [value, value]
    let axes = zip(numbers, inputShapes).compactMap { $0.axis(of: $1) }
    guard numbers.count == 2, axes.count == 2 else {
      throw .unsupported(found: "axes = \(value)", expected: "an axis of each of two inputs, and not that of the batch")
    }
    self.init(axes: axes[0], axes[1], normalizes: try options.bool("normalize", default: false))
  }
}
