import Tensor

/// For each operator the `Tensor` functions that compute it.
let onnxAdapters: [String: ONNXAdapter] = elementwiseAdapters.merging(shapeAdapters) { first, _ in first }
  .merging(reductionAdapters) { first, _ in first }
  .merging(networkAdapters) { first, _ in first }

private let elementwiseAdapters: [String: ONNXAdapter] = [
  "Abs": unary { $0.absolute() },
  "Exp": unary { $0.exp() },
  "Log": unary { $0.log() },
  "Neg": unary { -$0 },
  "Reciprocal": unary { 1 / $0 },
  "Relu": unary { $0.relu() },
  "Sigmoid": unary { $0.sigmoid() },
  "Sqrt": unary { $0.squareRoot() },
  "Tanh": unary { $0.tanh() },
  "Add": folding(+, +, +, +),
  "Sub": folding(-, -, -, -),
  "Mul": folding(*, *, *, *),
  "Div": folding(/, /),
  "Sum": folding(+, +, +, +),
  "Mean": { call in
    guard case .float(let sum) = try folding(+)(call)[0] else { throw LeftOut(reason: "the mean of integers") }
    return [.float(sum / Float(call.inputs.count))]
  },
  "Max": folding(Tensor.maximum, Tensor.maximum, Tensor.maximum, Tensor.maximum),
  "Min": folding(Tensor.minimum, Tensor.minimum, Tensor.minimum, Tensor.minimum),
  "Equal": comparing(.==, .==, .==),
  "Less": comparing(.<, .<, .<),
  "LessOrEqual": comparing(.<=, .<=, .<=),
  "Greater": comparing(.>, .>, .>),
  "GreaterOrEqual": comparing(.>=, .>=, .>=),
  "Clip": { call in
    let low = call.optional(1) == nil ? -.infinity : try call.float(1).scalar
    let high = call.optional(2) == nil ? .infinity : try call.float(2).scalar
    guard low <= high else { throw LeftOut(reason: "Swift has no range whose end lies before its start") }
    return [.float(try call.float(0).clipped(to: low...high))]
  },
  "Identity": { call in [try call.value(0)] },
  "Dropout": { call in
    let isTraining = if case .bool(let flag)? = call.optional(2) { flag.scalar } else { false }
    let rate = call.optional(1) == nil ? 0.5 : try call.float(1).scalar
    guard !isTraining || rate == 0 else { throw LeftOut(reason: "random numbers of another generator") }
    let x = try call.float(0)
    return [.float(x), .bool(Tensor(repeating: true, shape: x.shape))]
  },
]

private let reductionAdapters: [String: ONNXAdapter] = [
  "ReduceSum": reducing { $0.sum($1, keepingAxes: $2) },
  "ReduceMean": reducing { $0.mean($1, keepingAxes: $2) },
  "ReduceMax": reducing { $0.max($1, keepingAxes: $2) },
  "ReduceMin": reducing { $0.min($1, keepingAxes: $2) },
  "ReduceL1": reducing { $0.absolute().sum($1, keepingAxes: $2) },
  "ReduceL2": reducing { $0.squared().sum($1, keepingAxes: $2).squareRoot() },
  "ReduceSumSquare": reducing { $0.squared().sum($1, keepingAxes: $2) },
  "ArgMax": { call in
    guard call.int("select_last_index", default: 0) == 0 else { throw LeftOut(reason: "the last of equal elements") }
    let axis = call.int("axis", default: 0)
    let places = try call.float(0).argmax(axis: axis)
    let keepsAxis = call.int("keepdims", default: 1) == 1
    let result = keepsAxis ? places.expandingShape(at: axis) : places
    return [.int64(result.shape, result.scalars.map { Int($0) })]
  },
]

/// A reduction over the axes that an input or an attribute names.
private func reducing(
  _ reduce: @escaping @Sendable (Tensor<Float>, [Int]?, Bool) -> Tensor<Float>
) -> ONNXAdapter {
  { call in
    var axes = try call.list(1) ?? call.ints("axes")
    if (axes ?? []).isEmpty && call.int("noop_with_empty_axes", default: 0) == 0 { axes = nil }
    return [.float(reduce(try call.float(0), axes, call.int("keepdims", default: 1) == 1))]
  }
}
