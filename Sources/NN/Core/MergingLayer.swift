import Autograd
import Tensor

/// A layer that turns several values into one, such as ``Add`` and ``Concatenate``.
///
/// ```swift
/// final class Difference: MergingLayer {
///   func build(merging shapes: [Shape], using generator: inout RandomGenerator) throws -> Shape {
///     guard shapes.count == 2, shapes[0] == shapes[1] else {
///       throw LayerError(inputShapes: shapes, reason: "two inputs of one shape are needed")
///     }
///     return shapes[0]
///   }
///
///   func callAsFunction(merging inputs: [Variable<Float>], _ context: Context) -> Variable<Float> {
///     inputs[0] - inputs[1]
///   }
/// }
/// ```
public protocol MergingLayer: Layer {
  /// Sets the first values of the parameters, and returns the shape of the output.
  ///
  /// - Parameters:
  ///   - shapes: the shape of each input for one example, without the batch axis.
  ///   - generator: the source of random first values.
  /// - Throws: ``LayerError`` when inputs of these shapes cannot work.
  func build(merging shapes: [Shape], using generator: inout RandomGenerator) throws -> Shape

  /// The result for batches `[N, …]` of each input.
  func callAsFunction(merging inputs: [Variable<Float>], _ context: Context) -> Variable<Float>
}

extension MergingLayer {
  /// Builds the layer for its inputs.
  public func build(inputShapes: [Shape], using generator: inout RandomGenerator) throws -> [Shape] {
    [try build(merging: inputShapes, using: &generator)]
  }

  /// The result for the inputs.
  public func outputs(of inputs: [Variable<Float>], _ context: Context) -> [Variable<Float>] {
    [self(merging: inputs, context)]
  }

  /// Builds the layer for a single input, which most of them refuse.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    try build(merging: [inputShape], using: &generator)
  }

  /// The result for a single input.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    self(merging: [x], context)
  }
}
