import NN
import Tensor

/// A layer of your own that can be exported to ONNX.
///
/// ```swift
/// final class Scale: Layer, ONNXCustomLayer {
///   let factor = Parameter()
///
///   func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
///     factor.value = Tensor(ones: inputShape)
///     return inputShape
///   }
///
///   func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> { x * context[factor] }
///
///   func addONNX(to graph: inout ONNXGraph, inputs: [String], name: String, inputShapes: [Shape]) -> [String] {
///     let weight = graph.add(factor.value, name: "\(name).factor")
///     return [graph.add("Mul", [inputs[0], weight], name: name)]
///   }
/// }
/// ```
public protocol ONNXCustomLayer: Layer {
  /// Adds the operations of the layer in inference to a graph.
  ///
  /// - Parameters:
  ///   - graph: the graph.
  ///   - inputs: the names of the values that the layer takes, batches `[N, …]`.
  ///   - name: the name of the first result; other names begin with it.
  ///   - inputShapes: the shape of one example of each input.
  /// - Returns: the names of the results.
  /// - Throws: an error for a layer that ONNX cannot express.
  func addONNX(
    to graph: inout ONNXGraph, inputs: [String], name: String, inputShapes: [Shape]
  ) throws -> [String]
}
