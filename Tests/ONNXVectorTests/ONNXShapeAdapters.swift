import Tensor

/// Operators that move elements.
let shapeAdapters: [String: ONNXAdapter] = [
  "Transpose": { call in
    let x = try call.float(0)
    return [.float(x.permuted(call.ints("perm") ?? Array((0..<x.rank).reversed())))]
  },
  "Concat": { call in
    let parts = try call.inputs.indices.map { try call.float($0) }
    return [.float(Tensor(concatenating: parts, axis: call.int("axis", default: 0)))]
  },
  "Reshape": { call in
    let x = try call.float(0)
    let keepsZero = call.int("allowzero", default: 0) == 1
    let lengths = try (call.list(1) ?? []).enumerated().map { axis, length in
      length == 0 && !keepsZero ? x.shape[axis] : length
    }
    return [.float(x.reshaped(to: lengths))]
  },
  "Flatten": { call in
    let x = try call.float(0)
    let axis = call.int("axis", default: 1)
    let rows = x.shape.prefix(axis < 0 ? axis + x.rank : axis).reduce(1, *)
    return [.float(x.reshaped(to: [rows, -1]))]
  },
  "Squeeze": { call in
    let x = try call.float(0)
    let axes = try call.list(1) ?? x.shape.indices.filter { x.shape[$0] == 1 }
    let ordered = axes.map { $0 < 0 ? $0 + x.rank : $0 }.sorted(by: >)
    return [.float(ordered.reduce(x) { $0.squeezingShape(at: $1) })]
  },
  "Unsqueeze": { call in
    let x = try call.float(0)
    let axes = try call.list(1) ?? []
    let ordered = axes.map { $0 < 0 ? $0 + x.rank + axes.count : $0 }.sorted()
    return [.float(ordered.reduce(x) { $0.expandingShape(at: $1) })]
  },
  "Expand": { call in
    let x = try call.float(0)
    guard let shape = Shape.broadcast(x.shape, Shape(try call.list(1) ?? [])) else {
      throw LeftOut(reason: "shapes do not broadcast")
    }
    return [.float(x.broadcast(to: shape))]
  },
  "Slice": { call in
    let x = try call.float(0)
    let (starts, ends) = (try call.list(1) ?? [], try call.list(2) ?? [])
    let axes = try call.list(3) ?? Array(starts.indices)
    let steps = try call.list(4) ?? starts.map { _ in 1 }
    guard steps.allSatisfy({ $0 > 0 }) else { throw LeftOut(reason: "slices run forwards only") }
    return [
      .float(
        zip(axes, zip(steps, zip(starts, ends))).reduce(x) { part, item in
          let (axis, (step, (start, end))) = item
          let length = part.shape[axis < 0 ? axis + part.rank : axis]
          func place(_ index: Int) -> Int { min(max(index < 0 ? index + length : index, 0), length) }
          return part.slice(place(start)..<max(place(end), place(start)), axis: axis, step: step)
        })
    ]
  },
  "Split": { call in
    let x = try call.float(0)
    let axis = call.int("axis", default: 0)
    let length = x.shape[axis < 0 ? axis + x.rank : axis]
    let count = call.int("num_outputs", default: call.node.outputs.count)
    let size = (length + count - 1) / count
    let sizes = try call.list(1) ?? (0..<count).map { min(size, length - $0 * size) }
    var start = 0
    return sizes.map { size in
      defer { start += size }
      return .float(x.slice(start..<start + size, axis: axis))
    }
  },
  "Gather": { call in
    guard case .int64(let shape, let indices) = try call.value(1) else { throw LeftOut(reason: "indices of int32") }
    guard call.int("axis", default: 0) == 0 else { throw LeftOut(reason: "rows are gathered along the first axis") }
    guard shape.rank == 1, indices.allSatisfy({ $0 >= 0 }) else { throw LeftOut(reason: "indices from the end") }
    return [.float(try call.float(0).gathering(indices))]
  },
  "Pad": { call in
    guard call.text("mode", default: "constant") == "constant" else {
      throw LeftOut(reason: "padding with other than one value")
    }
    let x = try call.float(0)
    let pads = try call.list(1) ?? []
    let axes = try call.list(3) ?? Array(0..<x.rank)
    var amounts = [(before: Int, after: Int)](repeating: (0, 0), count: x.rank)
    for (index, axis) in axes.enumerated() {
      amounts[axis < 0 ? axis + x.rank : axis] = (pads[index], pads[index + axes.count])
    }
    return [.float(x.padded(amounts, with: call.optional(2) == nil ? 0 : try call.float(2).scalar))]
  },
]
