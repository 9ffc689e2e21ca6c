import NN
import Tensor

extension ONNXOperators {
  static let branches: [String: ONNXBuilder] = ["If": branch]

  /// The graph that a known truth value chooses, as PyTorch's exporter writes for an axis that may be 1 long.
  private static func branch(_ operation: ONNXOperation) throws -> [ONNXValue] {
    guard case .constant(.integers(let list)) = try operation.value(0), list.values.count == 1,
      let holds = list.values[0].known
    else {
      throw operation.unsupported("a condition that depends on the inputs", expected: "a constant one")
    }
    let attributes = operation.allAttributes()
    guard case .graph(let graph)? = attributes[holds != 0 ? "then_branch" : "else_branch"] else {
      throw operation.error(.damaged("it has no graph to choose"))
    }
    return try operation.reading.values(ofBranch: graph)
  }
}
