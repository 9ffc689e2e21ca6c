import Tensor

extension Variable {
  /// The sum over the given axes, or over all of them. The gradient is repeated along them.
  public func sum(_ axes: [Int]? = nil, keepingAxes: Bool = false) -> Variable {
    let kept = keptShape(axes, "sum")
    return Variable(
      value.sum(axes, keepingAxes: keepingAxes),
      from: (self, { [shape] in $0.reshaped(to: kept).broadcast(to: shape) }))
  }

  /// The mean over the given axes, or over all of them; NaN over no elements, as NumPy's.
  public func mean(_ axes: [Int]? = nil, keepingAxes: Bool = false) -> Variable {
    let kept = keptShape(axes, "mean")
    let share = 1 / Scalar(shape.indices.reduce(1) { kept[$1] == shape[$1] ? $0 : $0 * shape[$1] })
    return sum(axes, keepingAxes: keepingAxes) * share
  }

  /// The biased variance over the given axes, or over all of them.
  public func variance(_ axes: [Int]? = nil, keepingAxes: Bool = false) -> Variable {
    (self - mean(axes, keepingAxes: true)).squared().mean(axes, keepingAxes: keepingAxes)
  }

  /// The largest element over the given axes, or over all of them. Elements that share the maximum share its gradient
  /// equally; the input is kept.
  public func max(_ axes: [Int]? = nil, keepingAxes: Bool = false) -> Variable {
    extreme(value.max(axes, keepingAxes: true), axes, keepingAxes)
  }

  /// The smallest element over the given axes, or over all of them. Elements that share the minimum share its gradient
  /// equally; the input is kept.
  public func min(_ axes: [Int]? = nil, keepingAxes: Bool = false) -> Variable {
    extreme(value.min(axes, keepingAxes: true), axes, keepingAxes)
  }

  private func extreme(_ extreme: Tensor<Scalar>, _ axes: [Int]?, _ keepingAxes: Bool) -> Variable {
    let result = keepingAxes ? extreme : extreme.reshaped(to: droppedShape(axes))
    return Variable(
      result,
      from: (
        self,
        { [value] gradient in
          let winners = Tensor<Scalar>(ones: value.shape).masked(by: value .== extreme)
          return winners * (gradient.reshaped(to: extreme.shape) / winners.sum(axes, keepingAxes: true))
        }
      ))
  }

  /// The shape with the given axes at length 1.
  private func keptShape(_ axes: [Int]?, _ operation: String) -> Shape {
    var result = shape
    for axis in axes ?? Array(shape.indices) { result[shape.resolve(axis: axis, in: operation)] = 1 }
    return result
  }

  /// The shape without the given axes.
  private func droppedShape(_ axes: [Int]?) -> Shape {
    let dropped = Set(axes?.map { shape.resolve(axis: $0, in: "max") } ?? Array(shape.indices))
    return Shape(shape.indices.filter { !dropped.contains($0) }.map { shape[$0] })
  }
}
