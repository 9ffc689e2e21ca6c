import NN
import Tensor

extension MultiHeadAttention: ONNXMergingLayer {
  func add(to graph: inout ONNXGraph, merging inputs: [String], name: String, inputShapes: [Shape]) throws -> String {
    let (query, value, key) = roles(of: Array(zip(inputs, inputShapes)))
    let places = try AttentionPlaces(axes: axes, of: query.1)
    /// A value as sequences [N, places, features].
    func arranged(_ input: (String, Shape), _ part: String, _ graph: inout ONNXGraph) -> String {
      let turned = graph.add(
        "Transpose", [input.0], name: "\(name).\(part).turned", ["perm": .integers(places.order)])
      let lengths = [-1, places.attended.reduce(1) { $0 * input.1[$1] }, input.1.featureCount]
      return graph.add(
        "Reshape", [turned, graph.add(lengths, name: "\(name).\(part).lengths")], name: "\(name).\(part).places")
    }
    let queries = arranged(query, "query", &graph)
    let (keys, values) = (arranged(key, "key", &graph), arranged(value, "value", &graph))
    /// The heads of a projection, [N, heads, places, features], or with the last two axes turned.
    func split(
      _ input: String, _ projection: Projection, _ shape: Shape, _ features: Int, _ part: String, isTurned: Bool,
      _ graph: inout ONNXGraph
    ) -> String {
      let sum = graph.add(projection, input, name: "\(name).\(part).projection")
      let length = places.attended.reduce(1) { $0 * shape[$1] }
      let parts = graph.addReshape(sum, to: [length, heads, features], name: "\(name).\(part).split")
      let order = isTurned ? [0, 2, 3, 1] : [0, 2, 1, 3]
      return graph.add("Transpose", [parts], name: "\(name).\(part).heads", ["perm": .integers(order)])
    }
    let q = split(queries, self.query, query.1, keyFeatures, "query", isTurned: false, &graph)
    let k = split(keys, self.key, key.1, keyFeatures, "key", isTurned: true, &graph)
    let v = split(values, self.value, value.1, valueFeatures, "value", isTurned: false, &graph)
    let factor = graph.add(Tensor(scalar: 1 / Float(keyFeatures).squareRoot()), name: "\(name).factor")
    let scores = graph.add(
      "MatMul", [graph.add("Mul", [q, factor], name: "\(name).scaled"), k], name: "\(name).scores")
    let (rows, columns) = (
      places.attended.reduce(1) { $0 * query.1[$1] }, places.attended.reduce(1) { $0 * key.1[$1] }
    )
    let weights = attend(scores, rows: rows, columns: columns, name: name, &graph)
    let mixed = graph.add("MatMul", [weights, v], name: "\(name).mixed")
    let turned = graph.add("Transpose", [mixed], name: "\(name).mixed.turned", ["perm": .integers([0, 2, 1, 3])])
    var result = graph.addReshape(turned, to: [rows, heads * valueFeatures], name: "\(name).mixed.joined")
    if let gate {
      let gates = graph.add(gate, queries, name: "\(name).gate.projection")
      result = graph.add(
        "Mul", [result, graph.add("Sigmoid", [gates], name: "\(name).gate")], name: "\(name).gated")
    }
    let output = graph.add(output, result, name: "\(name).output.projection")
    let units = outputFeatures ?? query.1.featureCount
    let lengths = [-1] + (places.others + places.attended).map { query.1[$0] } + [units]
    let apart = graph.add(
      "Reshape", [output, graph.add(lengths, name: "\(name).output.lengths")], name: "\(name).output.apart")
    let back = places.order.indices.sorted { places.order[$0] < places.order[$1] }
    return graph.add("Transpose", [apart], name: name, ["perm": .integers(back)])
  }

  /// The share of each place, as the layer masks it.
  private func attend(
    _ scores: String, rows: Int, columns: Int, name: String, _ graph: inout ONNXGraph
  ) -> String {
    guard isCausal || window != nil else {
      return graph.add("Softmax", [scores], name: "\(name).weights", ["axis": .integer(-1)])
    }
    let seen = Tensor<Float>(
      shape: [rows, columns],
      scalars: (0..<rows).flatMap { row in
        (0..<columns).map { column in
          (!isCausal || column <= row) && window.map { abs(row - column) < $0 } ?? true ? 1 : 0
        }
      })
    let mask = graph.add(seen, name: "\(name).mask")
    // 0 where a place is seen, far below all scores elsewhere.
    let low = graph.add((seen - 1) * 1e30, name: "\(name).low")
    let kept = graph.add("Mul", [scores, mask], name: "\(name).seen")
    let masked = graph.add("Add", [kept, low], name: "\(name).masked")
    guard dropout > 0 else { return graph.add("Softmax", [masked], name: "\(name).weights", ["axis": .integer(-1)]) }
    let shares = graph.add("Softmax", [masked], name: "\(name).shares", ["axis": .integer(-1)])
    return graph.add("Mul", [shares, mask], name: "\(name).weights")
  }
}

extension ONNXGraph {
  /// Adds a product with the weight of a projection along the last axis, and its bias.
  fileprivate mutating func add(_ projection: Projection, _ input: String, name: String) -> String {
    let weight = add(projection.weight.value, name: "\(name).weight")
    guard let bias = projection.bias else { return add("MatMul", [input, weight], name: name) }
    let product = add("MatMul", [input, weight], name: "\(name).product")
    return add("Add", [product, add(bias.value, name: "\(name).bias")], name: name)
  }
}
