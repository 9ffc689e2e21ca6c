import NN
import Serialization
import Tensor

/// Keras: gamma, beta, each `[C]`; both may be missing.
extension GroupNorm: KerasLayer {
  var kerasClass: String { "GroupNormalization" }

  /// The groups are of features next to each other.
  var dependsOnElementOrder: Bool { true }

  func kerasOptions(inputShapes: [Shape]) -> [String: JSON] {
    let axis = JSON(kerasAxes: axis.map { [$0] }, of: inputShapes[0])
    return [
      "groups": groups.map { JSON($0) } ?? .number(-1), "axis": axis.elements?.first ?? axis,
      "epsilon": JSON(epsilon), "scale": .bool(scale != nil), "center": .bool(shift != nil),
      "gamma_initializer": JSON(scaleInitializer), "beta_initializer": JSON(shiftInitializer),
      "gamma_regularizer": JSON(scaleRegularizer), "beta_regularizer": JSON(shiftRegularizer),
      "gamma_constraint": JSON(scale?.constraint, axes: [0]), "beta_constraint": JSON(shift?.constraint, axes: [0]),
    ]
  }

  convenience init(keras options: inout KerasOptions, _ input: KerasInput) throws(ModelFileError.Problem) {
    let groups = options.take("groups", ifEqualTo: .number(-1)) ? nil : try options.count("groups", default: 32)
    let axes = try options.batchAxes("axis", of: input.shape)
    guard axes?.count ?? 1 == 1 else { throw .unsupported(found: "several axes", expected: "one axis to divide") }
    self.init(
      groups: groups, axis: axes?.first,
      epsilon: try options.number("epsilon", default: 1e-3),
      useScale: try options.bool("scale", default: true),
      useShift: try options.bool("center", default: true),
      scaleInitializer: options.initializer("gamma_initializer", default: .ones),
      shiftInitializer: options.initializer("beta_initializer", default: .zeros),
      scaleRegularizer: options.regularizer("gamma_regularizer"),
      shiftRegularizer: options.regularizer("beta_regularizer"),
      scaleConstraint: options.constraint("gamma_constraint"),
      shiftConstraint: options.constraint("beta_constraint"))
  }

  func kerasVariableShapes(inputShape: Shape) -> [Shape] {
    [scale, shift].compactMap { $0 }.map { _ in inputShape.kerasLengths(ofBatchAxes: axis.map { [$0] }) }
  }

  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] {
    [scale, shift].compactMap { $0 }.map { KerasVariable($0) }
  }
}
