// Functions of every element by the vector kernels; see `CKernels/Kernels/Functions.h` for their errors. A lane's result
// depends on its number only, so the results have the same bits wherever an element stands and on any number of threads.

import CKernels

extension Tensor where Scalar == Float {
  /// A function of each element. The result keeps the layout, unless that has gaps.
  ///
  /// - Parameter parameter: what the function is called with beside x, if anything.
  func applying(_ function: kilim_function, _ parameter: Float) -> Tensor {
    let source = dense()
    let result = Tensor(unsafeUninitialized: source.layout)
    let (elements, target) = (source.elements, result.elements)
    parallelFor(count: count, grain: 16_384) { range in
      Kernels.best.applyFunction(
        function, parameter, elements + range.lowerBound, target + range.lowerBound, range.count)
    }
    extendLifetime((source, result))
    return result
  }

  /// The gradient with respect to the argument of a function, from that with respect to its result (this tensor), in the
  /// layout of the values. `nil` where these have another shape, or gaps.
  ///
  /// - Parameter values: arguments or results, as the function needs them.
  func gradient(of function: kilim_function, values: Tensor, _ parameter: Float) -> Tensor? {
    guard shape == values.shape, values.layout.isDense else { return nil }
    let gradient = laidOut(as: values.layout)
    let result = Tensor(unsafeUninitialized: values.layout)
    let (elements, own, target) = (gradient.elements, values.elements, result.elements)
    parallelFor(count: count, grain: 16_384) { range in
      let first = range.lowerBound
      Kernels.best.applyFunctionGradient(
        function, parameter, elements + first, own + first, target + first, range.count)
    }
    extendLifetime((gradient, values, result))
    return result
  }
}
