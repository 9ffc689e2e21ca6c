import NN
import Tensor

extension ONNXGraph {
  /// Adds the values weighted by scores `[N, T, S]`.
  fileprivate mutating func addWeighted(
    _ value: String, by scores: String, isCausal: Bool, rows: Int, columns: Int, name: String
  ) -> String {
    var seen = scores
    if isCausal {
      let low = Tensor<Float>(
        shape: [rows, columns], scalars: (0..<rows).flatMap { row in (0..<columns).map { $0 <= row ? 0 : -1e9 } })
      seen = add("Add", [scores, add(low, name: "\(name).low")], name: "\(name).seen")
    }
    let weights = add("Softmax", [seen], name: "\(name).weights", ["axis": .integer(-1)])
    return add("MatMul", [weights, value], name: name)
  }

  /// Adds tanh of the factor times the sum of each place of the query and each one of the key, `[N, T, S, F]`.
  fileprivate mutating func addSums(_ query: String, _ key: String, scale: String?, name: String) -> String {
    let (rows, columns) = (add([2], name: "\(name).rows"), add([1], name: "\(name).columns"))
    let sums = add(
      "Add",
      [
        add("Unsqueeze", [query, rows], name: "\(name).query"), add("Unsqueeze", [key, columns], name: "\(name).key"),
      ], name: "\(name).sums")
    let scaled = scale.map { add("Mul", [sums, $0], name: "\(name).scaled") } ?? sums
    return add("Tanh", [scaled], name: "\(name).active")
  }
}

extension Attention: ONNXMergingLayer {
  func add(to graph: inout ONNXGraph, merging inputs: [String], name: String, inputShapes: [Shape]) -> String {
    let (query, key) = (inputs[0], inputs[inputs.count - 1])
    let factor = scale.map { graph.add($0.value, name: "\(name).scale") }
    var scores: String
    switch score {
    case .product:
      let turned = graph.add("Transpose", [key], name: "\(name).turned", ["perm": .integers([0, 2, 1])])
      scores = graph.add("MatMul", [query, turned], name: "\(name).products")
      if let factor { scores = graph.add("Mul", [scores, factor], name: "\(name).scaled") }
    case .sum:
      let active = graph.addSums(query, key, scale: factor, name: name)
      let axis = graph.add([3], name: "\(name).axis")
      scores = graph.add("ReduceSum", [active, axis], name: "\(name).scores", ["keepdims": .integer(0)])
      if let sumWeight {
        scores = graph.add("Mul", [scores, graph.add(sumWeight.value, name: "\(name).factor")], name: "\(name).scored")
      }
    }
    return graph.addWeighted(
      inputs[1], by: scores, isCausal: isCausal, rows: inputShapes[0][0], columns: inputShapes[1][0], name: name)
  }
}

extension AdditiveAttention: ONNXMergingLayer {
  func add(to graph: inout ONNXGraph, merging inputs: [String], name: String, inputShapes: [Shape]) -> String {
    var active = graph.addSums(inputs[0], inputs[inputs.count - 1], scale: nil, name: name)
    if let scale {
      active = graph.add("Mul", [active, graph.add(scale.value, name: "\(name).scale")], name: "\(name).scaled")
    }
    let axis = graph.add([3], name: "\(name).axis")
    let scores = graph.add("ReduceSum", [active, axis], name: "\(name).scores", ["keepdims": .integer(0)])
    return graph.addWeighted(
      inputs[1], by: scores, isCausal: isCausal, rows: inputShapes[0][0], columns: inputShapes[1][0], name: name)
  }
}
