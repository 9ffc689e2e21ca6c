import Tensor

extension Variable {
  /// The same elements under another shape; one dimension may be -1 and is then inferred.
  public func reshaped(to dimensions: [Int]) -> Variable {
    Variable(value.reshaped(to: dimensions), from: (self, { [shape] in $0.reshaped(to: shape) }))
  }

  /// All axes except the first joined to one: `[N, C, H, W]` gives `[N, C · H · W]`. Stops for a scalar.
  public func flattenedImages() -> Variable {
    require(shape.rank >= 1, "flattenedImages: a batch [N, …] is needed, found \(shape)")
    return reshaped(to: [shape[0], shape.dropFirst().reduce(1, *)])
  }

  /// The last two axes exchanged.
  public func transposed() -> Variable {
    Variable(value.transposed(), from: (self, { $0.transposed() }))
  }

  /// The axes in another order: axis `i` of the result is axis `axes[i]` of this variable.
  public func permuted(_ axes: [Int]) -> Variable {
    let order = axes.map { shape.resolve(axis: $0, in: "permuted") }
    var inverse = order
    for (index, axis) in order.enumerated() where axis < inverse.count { inverse[axis] = index }
    return Variable(value.permuted(order), from: (self, { [inverse] in $0.permuted(inverse) }))
  }

  /// Repeated along new leading axes and along axes of length 1. The gradient is the sum over them.
  public func broadcast(to shape: Shape) -> Variable {
    Variable(value.broadcast(to: shape), from: (self, { $0 }))
  }

  /// Every `step`-th index of one axis within `range`. The gradient is 0 elsewhere.
  public func slice(_ range: some AxisRange, axis: Int, step: Int = 1) -> Variable {
    let axis = shape.resolve(axis: axis, in: "slice")
    return Variable(
      value.slice(range, axis: axis, step: step),
      from: (
        self,
        { [shape] gradient in
          if step == 1 {
            let first = range.indices(on: shape[axis]).lowerBound
            var amounts = [(before: Int, after: Int)](repeating: (0, 0), count: shape.rank)
            amounts[axis] = (first, shape[axis] - first - gradient.shape[axis])
            return gradient.padded(amounts)
          }
          var result = Tensor<Scalar>(zeros: shape)
          result.replaceSlice(range, axis: axis, step: step, with: gradient)
          return result
        }
      ))
  }

  /// The given indices of the first axis, in the given order. Gradients of an index that is given twice add up.
  public func gathering(_ indices: [Int]) -> Variable {
    Variable(
      value.gathering(indices), from: (self, { [shape] in $0.scatteringAdd(to: indices, count: shape[0]) }))
  }

  /// With `before` and `after` more indices along each axis, filled with `filler`. No gradient flows to them.
  public func padded(_ amounts: [(before: Int, after: Int)], with filler: Scalar = 0) -> Variable {
    Variable(
      value.padded(amounts, with: filler),
      from: (
        self,
        { [shape] gradient in
          shape.indices.reduce(gradient) { part, axis in
            part.slice(amounts[axis].before..<amounts[axis].before + shape[axis], axis: axis)
          }
        }
      ))
  }

  /// The variables joined along an axis that they have.
  public init(concatenating variables: [Variable], axis: Int = 0) {
    let result = Tensor(concatenating: variables.map(\.value), axis: axis)
    let resolved = result.shape.resolve(axis: axis, in: "concatenating")
    let lengths = variables.map { $0.shape[resolved] }
    self.init(result, from: variables) { gradient in
      var start = 0
      return lengths.map { length in
        defer { start += length }
        return gradient.slice(start..<start + length, axis: resolved)
      }
    }
  }

  /// The variables, all of one shape, joined along a new axis.
  public init(stacking variables: [Variable], axis: Int = 0) {
    let result = Tensor(stacking: variables.map(\.value), axis: axis)
    let resolved = result.shape.resolve(axis: axis, in: "stacking")
    self.init(result, from: variables) { [count = variables.count] gradient in
      (0..<count).map { gradient.select($0, axis: resolved) }
    }
  }
}
