import Autograd
import NN
import Serialization
import Tensor

/// A layer that divides each example by its length along an axis; Keras's `ops.normalize`.
///
/// y = x / max(√Σ x², ε). A ``UnitNorm`` has its own ε.
final class NormalizeLayer: Layer, Sendable {
  /// Counted without the examples.
  let axis: Int
  let epsilon: Float

  init(axis: Int, epsilon: Float) {
    (self.axis, self.epsilon) = (axis, epsilon)
  }

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.indices.contains(axis) else {
      throw LayerError(inputShape: inputShape, reason: "there is no axis \(axis)")
    }
    return inputShape
  }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.dividedByNorm(along: [axis + 1], epsilon: epsilon)
  }
}

extension NormalizeLayer: KerasOperationLayer {
  var kerasClass: String { "Normalize" }
  var kerasModule: String { "keras.src.ops.nn" }
  var dependsOnElementOrder: Bool { true }

  func kerasOptions(inputShapes: [Shape]) -> [String: JSON] {
    ["axis": JSON(inputShapes.first?.kerasAxis(axis) ?? 1), "order": 2, "epsilon": JSON(epsilon)]
  }
}

extension NormalizeLayer: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    graph.addQuotient(by: [axis + 1], of: input, atLeast: epsilon, name: name)
  }
}
