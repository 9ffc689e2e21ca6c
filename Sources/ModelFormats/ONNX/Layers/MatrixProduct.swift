import Autograd
import NN
import Tensor

/// A layer that multiplies the matrices in the last two axes of two inputs; ONNX's `MatMul`.
///
/// Shapes: `[N, …, M, K]` and `[N, …, K, L]` give `[N, …, M, L]`; the axes between broadcast.
final class MatrixProduct: MergingLayer, Sendable {
  func build(merging shapes: [Shape], using generator: inout RandomGenerator) throws -> Shape {
    guard shapes.count == 2, shapes[0].rank >= 2, shapes[0].rank == shapes[1].rank,
      shapes[0][shapes[0].rank - 1] == shapes[1][shapes[1].rank - 2],
      let outer = Shape.broadcast(Shape(shapes[0].dropLast(2)), Shape(shapes[1].dropLast(2)))
    else { throw LayerError(inputShapes: shapes, reason: "matrices that fit are needed") }
    return Shape(Array(outer) + [shapes[0][shapes[0].rank - 2], shapes[1][shapes[1].rank - 1]])
  }

  func callAsFunction(merging inputs: [Variable<Float>], _ context: Context) -> Variable<Float> {
    inputs[0].matmul(inputs[1])
  }
}

extension MatrixProduct: ONNXMergingLayer {
  func add(to graph: inout ONNXGraph, merging inputs: [String], name: String, inputShapes: [Shape]) throws -> String {
    graph.add("MatMul", inputs, name: name)
  }
}
