import NN
import Serialization
import Tensor

extension ReLU: KerasLayer {
  var kerasClass: String { "ReLU" }

  func kerasOptions() -> [String: JSON] {
    // JSON has no infinity; Keras has null for no maximum.
    let bound: JSON = maximum.flatMap { $0.isFinite ? JSON($0) : nil } ?? .null
    return ["max_value": bound, "negative_slope": JSON(slope), "threshold": JSON(threshold)]
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let maximum = try options.number("max_value", default: .infinity)
    self.init(
      maximum: maximum == .infinity ? nil : maximum, slope: try options.number("negative_slope", default: 0),
      threshold: try options.number("threshold", default: 0))
  }
}

/// Keras: alpha, of the shape of one example, channels last.
extension PReLU: KerasLayer {
  var kerasClass: String { "PReLU" }

  func kerasOptions(inputShapes: [Shape]) -> [String: JSON] {
    let shape = inputShapes.first ?? []
    let numbers = sharedAxes.map { JSON(shape.kerasAxis(shape.resolve(axis: $0, in: "PReLU"))) }
    return [
      "shared_axes": sharedAxes.isEmpty ? .null : .array(numbers), "alpha_initializer": JSON(initializer),
      "alpha_regularizer": JSON(regularizer),
      "alpha_constraint": JSON(slope.constraint, axes: shape.kerasOrder),
    ]
  }

  convenience init(keras options: inout KerasOptions, inputShape: Shape) throws(ModelFileError.Problem) {
    self.init(
      sharedAxes: try options.axes("shared_axes", of: inputShape),
      initializer: options.initializer("alpha_initializer", default: .zeros),
      regularizer: options.regularizer("alpha_regularizer", isOnMatrix: inputShape.rank == 2),
      constraint: options.constraint("alpha_constraint", axes: inputShape.kerasOrder))
  }

  func kerasVariableShapes(inputShape: Shape) -> [Shape] {
    var shape = inputShape
    for axis in sharedAxes { shape[shape.resolve(axis: axis, in: "PReLU")] = 1 }
    return [Shape(shape.kerasOrder.map { shape[$0] })]
  }

  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] {
    let shape = slope.value.shape
    return [image == nil ? KerasVariable(slope, axes: shape.kerasOrder) : KerasVariable(slope, flattenedFrom: image)]
  }
}

extension Softmax: KerasLayer {
  var kerasClass: String { "Softmax" }

  func kerasOptions(inputShapes: [Shape]) -> [String: JSON] {
    guard axes != nil, let shape = inputShapes.first else { return ["axis": .number(-1)] }
    let numbers = resolvedAxes(rank: shape.rank).map { JSON(shape.kerasAxis($0)) }
    return ["axis": numbers.count == 1 ? numbers[0] : .array(numbers)]
  }

  convenience init(keras options: inout KerasOptions, inputShape: Shape) throws(ModelFileError.Problem) {
    let axes = try options.axes("axis", of: inputShape, default: .number(-1))
    if axes == Softmax().resolvedAxes(rank: inputShape.rank) { self.init() } else { self.init(axes: axes) }
  }
}
