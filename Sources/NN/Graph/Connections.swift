extension Model {
  /// Which call takes what, and what the model returns: `add(conv, input), dense(add) -> dense`. Calls of one layer are numbered
  /// from the second on: `dense:2(other)`. A chain is `one after the other`.
  ///
  /// Two models with the same layers compute the same only if this is the same too.
  package var connections: String {
    guard !graph.isChain else { return "one after the other" }
    var values = inputNames
    var callCounts: [Int: Int] = [:]
    let calls = graph.calls.map { call in
      let count = callCounts[call.layer, default: 0] + 1
      callCounts[call.layer] = count
      let name = children[call.layer].name + (count > 1 ? ":\(count)" : "")
      let inputs = call.inputs.map { values[$0] }
      values += call.outputs.count == 1 ? [name] : (0..<call.outputs.count).map { "\(name)[\($0)]" }
      return "\(name)(\((inputs + (call.training.map { ["training: \($0)"] } ?? [])).joined(separator: ", ")))"
    }
    return calls.joined(separator: ", ") + " -> " + graph.outputs.map { values[$0] }.joined(separator: ", ")
  }
}
