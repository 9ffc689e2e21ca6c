import Autograd
import Tensor

extension Layer {
  /// Checks that the layer's own parameters have the axes that their constraints and penalties need.
  ///
  /// - Throws: ``LayerError`` naming the parameter.
  func checkRules(for inputShapes: [Shape]) throws {
    let parameters = StoredProperties(of: self).parameters.filter(\.parameter.hasValue)
    for (name, parameter) in parameters {
      let rank = parameter.value.shape.rank
      for axis in parameter.constraint?.axes ?? [] where !(-rank..<rank).contains(axis) {
        throw LayerError(
          inputShapes: inputShapes,
          reason:
            "the constraint of its \(name) is along axis \(axis), and it has \(counted(rank, "axis", plural: "axes"))")
      }
    }
    for case (let parameter, .orthogonal) in penalties.map({ ($0.parameter, $0.regularizer) })
    where parameter.value.shape.rank != 2 {
      throw LayerError(
        inputShapes: inputShapes,
        reason: "orthogonal vectors are those of a matrix, and a parameter has shape \(parameter.value.shape)")
    }
  }
}
