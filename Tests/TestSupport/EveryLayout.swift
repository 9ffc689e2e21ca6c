import Tensor

/// The same values under every kind of layout that a tensor can have: what an operation gives for one of them, it
/// must give for all.
///
/// Row-major; axes in reversed order; channels last, without and with other channels between the pixels; cut out of a larger
/// tensor; every second index of a larger tensor; and, where the values repeat along an axis, broadcast along it.
public func everyLayout<Scalar>(of tensor: Tensor<Scalar>) -> [(name: String, tensor: Tensor<Scalar>)] {
  var layouts = [(name: "row-major", tensor: tensor)]
  if tensor.rank >= 2 {
    layouts.append(("reversed axes", stored(tensor, inOrder: (0..<tensor.rank).reversed())))
  }
  if tensor.rank >= 3 {
    let channelsLast = [0] + Array(2..<tensor.rank) + [1]
    layouts.append(("channels last", stored(tensor, inOrder: channelsLast)))
    let wide = stored(Tensor(concatenating: [tensor, tensor], axis: 1), inOrder: channelsLast)
    layouts.append(("channels last with gaps", wide.slice(0..<tensor.shape[1], axis: 1)))
  }
  layouts.append(("cut out", embedded(tensor, step: 1)))
  layouts.append(("every second", embedded(tensor, step: 2)))
  for axis in 0..<tensor.rank where tensor.shape[axis] > 1 {
    let first = tensor.slice(0..<1, axis: axis)
    let repeated = first.broadcast(to: tensor.shape)
    if repeated.scalars == tensor.scalars { layouts.append(("broadcast along axis \(axis)", repeated)) }
  }
  return layouts
}

/// The tensor stored with its axes in another order, seen in its own.
private func stored<Scalar>(_ tensor: Tensor<Scalar>, inOrder order: [Int]) -> Tensor<Scalar> {
  let other = tensor.permuted(order)
  let inverse = order.indices.map { axis in order.firstIndex(of: axis) ?? axis }
  return Tensor(shape: other.shape, scalars: other.scalars).permuted(inverse)
}

/// The tensor as a part of a larger one: one foreign index before it and behind it along each axis, and between its
/// own indices when `step` is 2. The foreign places repeat the tensor's elements in another order.
private func embedded<Scalar>(_ tensor: Tensor<Scalar>, step: Int) -> Tensor<Scalar> {
  let larger = Shape(tensor.shape.map { $0 * step + 2 })
  let source = tensor.scalars
  let strides = tensor.shape.rowMajorStrides
  let scalars = (0..<larger.elementCount).map { place -> Scalar in
    var (rest, own) = (place, 0)
    for axis in larger.indices.reversed() {
      let index = rest % larger[axis] - 1
      rest /= larger[axis]
      guard own >= 0, index >= 0, index % step == 0, index / step < tensor.shape[axis] else {
        own = -1
        continue
      }
      own += index / step * strides[axis]
    }
    if own >= 0 { return source[own] }
    return source.isEmpty ? .zero : source[place % source.count]
  }
  return tensor.shape.indices.reduce(Tensor(shape: larger, scalars: scalars)) { result, axis in
    result.slice(1..<1 + tensor.shape[axis] * step, axis: axis, step: step)
  }
}
