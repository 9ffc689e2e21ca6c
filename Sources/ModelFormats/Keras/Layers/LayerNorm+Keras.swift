import Autograd
import NN
import Serialization
import Tensor

/// Keras: gamma, beta, with an axis for each normalized one, in the order of Keras's axes; both may be missing.
extension LayerNorm: KerasLayer {
  var kerasClass: String { "LayerNormalization" }

  func kerasOptions(inputShapes: [Shape]) -> [String: JSON] {
    [
      "axis": JSON(kerasAxes: axes, of: inputShapes[0]), "epsilon": JSON(epsilon),
      "scale": .bool(scale != nil), "center": .bool(shift != nil),
      "gamma_initializer": JSON(scaleInitializer), "beta_initializer": JSON(shiftInitializer),
      "gamma_regularizer": JSON(scaleRegularizer), "beta_regularizer": JSON(shiftRegularizer),
      "gamma_constraint": JSON(scale?.constraint, axes: inputShapes[0].parameterAxes(ofBatchAxes: axes)),
      "beta_constraint": JSON(shift?.constraint, axes: inputShapes[0].parameterAxes(ofBatchAxes: axes)),
    ]
  }

  convenience init(keras options: inout KerasOptions, _ input: KerasInput) throws(ModelFileError.Problem) {
    let axes = try options.orderedAxes("axis", of: input.shape)
    let parameterAxes = input.shape.parameterAxes(ofBatchAxes: axes)
    self.init(
      axes: axes,
      epsilon: try options.number("epsilon", default: 1e-3),
      useScale: try options.bool("scale", default: true),
      useShift: try options.bool("center", default: true),
      scaleInitializer: options.initializer("gamma_initializer", default: .ones),
      shiftInitializer: options.initializer("beta_initializer", default: .zeros),
      scaleRegularizer: options.regularizer("gamma_regularizer"),
      shiftRegularizer: options.regularizer("beta_regularizer"),
      scaleConstraint: options.constraint("gamma_constraint", axes: parameterAxes),
      shiftConstraint: options.constraint("beta_constraint", axes: parameterAxes))
  }

  func kerasVariableShapes(inputShape: Shape) -> [Shape] {
    [scale, shift].compactMap { $0 }.map { _ in inputShape.kerasLengths(ofBatchAxes: axes) }
  }

  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] {
    [scale, shift].compactMap { $0 }.map { KerasVariable($0, alongBatchAxes: axes, flattenedFrom: image) }
  }
}

extension KerasOptions {
  /// Takes axes of which Keras makes the shape of a weight. Out of order, Keras would mix up the weight's elements.
  mutating func orderedAxes(_ key: String, of shape: Shape) throws(ModelFileError.Problem) -> [Int]? {
    guard let axes = try batchAxes(key, of: shape) else { return nil }
    let numbers = axes.map { shape.kerasAxis($0 - 1) }
    guard numbers == numbers.sorted() else {
      throw .unsupported(found: "\(key) = \(numbers)", expected: "axes in rising order")
    }
    return axes.sorted()
  }
}

extension Shape {
  /// The lengths of some axes of a batch of such examples, in Keras's order.
  func kerasLengths(ofBatchAxes axes: [Int]?) -> Shape {
    let axes = (axes ?? [featureAxis(ofExample: self)]).map { ($0 < 0 ? $0 + rank + 1 : $0) - 1 }
    return Shape(kerasOrder.filter(axes.contains).map { self[$0] })
  }
}

extension Shape {
  /// The axes of a parameter for some axes of a batch, as ``LayerNorm`` has it, in Keras's order.
  fileprivate func parameterAxes(ofBatchAxes axes: [Int]?) -> [Int] {
    guard let axes else { return [0] }
    let counted = axes.map { ($0 < 0 ? $0 + rank + 1 : $0) - 1 }
    return kerasOrder.filter(counted.contains)
  }
}

extension KerasVariable {
  /// A parameter with the lengths of some axes of a batch, as ``LayerNorm`` has it.
  init(_ parameter: Parameter, alongBatchAxes axes: [Int]?, flattenedFrom image: FlattenedImage?) {
    guard axes != nil, parameter.hasValue, image == nil else {
      self.init(parameter, flattenedFrom: image)
      return
    }
    let shape = parameter.value.shape
    self.init(parameter, kerasShape: shape.kerasLengths(ofBatchAxes: axes), axes: shape.kerasOrder)
  }
}
