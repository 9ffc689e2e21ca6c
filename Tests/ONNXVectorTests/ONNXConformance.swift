import Foundation
import ModelFormats

/// The results of the vectors of all operators that `Tensor` has, as a part of the page.
struct ONNXConformance {
  private struct Row {
    var passed: [String] = []
    var leftOut: [(name: String, reason: String)] = []
  }

  private var rows: [String: Row] = [:]
  private(set) var failures: [String] = []
  private var otherOperators: Set<String> = []
  private var composedCount = 0

  /// Vectors that an adapter can read, and why Kilim's result differs on purpose.
  private static let different = [
    "test_mul_uint8": "integers trap on overflow, ONNX's wrap around",
    "test_reduce_max_empty_set": "the maximum of no elements stops with a message",
    "test_reduce_min_empty_set": "the minimum of no elements stops with a message",
    "test_identity_opt": "not a tensor",
    "test_identity_sequence": "not a tensor",
  ]

  init(_ vectors: [ONNXVector]) throws {
    for vector in vectors {
      let model = try vector.model()
      guard let graph = model.graph, let node = graph.nodes.first, graph.nodes.count == 1 else {
        composedCount += 1
        continue
      }
      guard let adapter = onnxAdapters[node.operation] else {
        otherOperators.insert(node.operation)
        continue
      }
      do {
        if let reason = Self.different[vector.name] { throw LeftOut(reason: reason) }
        if try Self.agrees(vector, model, node, adapter) {
          rows[node.operation, default: Row()].passed.append(vector.name)
        } else {
          failures.append(vector.name)
        }
      } catch let leftOut as LeftOut {
        rows[node.operation, default: Row()].leftOut.append((vector.name, leftOut.reason))
      }
    }
  }

  private static func agrees(
    _ vector: ONNXVector, _ model: ONNXModelMessage, _ node: ONNXNode, _ adapter: ONNXAdapter
  ) throws -> Bool {
    var given = try vector.values("input").makeIterator()
    let inputs = node.inputs.map { $0.isEmpty ? nil : given.next() }
    let expected = try vector.values("output")
    let found = try adapter(ONNXCall(node: node, opset: model.operationSets[""] ?? 0, inputs: inputs))
    return found.count >= expected.count && zip(found, expected).allSatisfy { $0.matches($1) }
  }

  /// The part of the page.
  var markdown: String {
    let passed = rows.values.reduce(0) { $0 + $1.passed.count }
    let leftOut = rows.values.reduce(0) { $0 + $1.leftOut.count }
    let operators = rows.keys.sorted().map { name -> String in
      let row = rows[name] ?? Row()
      let reasons = Dictionary(grouping: row.leftOut, by: \.reason).sorted { $0.key < $1.key }.map { reason, vectors in
        "\(reason): " + vectors.map { "`\($0.name.dropFirst("test_".count))`" }.joined(separator: ", ")
      }
      return "| \(name) | \(row.passed.count) | \(row.leftOut.count) | \(reasons.joined(separator: "; ")) |"
    }
    return """
      ## Tensor

      The functions of `Tensor` against the vectors of the operators that they compute: **\(passed) passed, \(leftOut)
      skipped**, none failed.

      | operator | passed | skipped | why |
      |---|---:|---:|---|
      \(operators.joined(separator: "\n"))

      Not counted: \(composedCount) vectors whose graph has several nodes (most define an operator by others), and
      the operators that `Tensor` does not have: \(otherOperators.sorted().joined(separator: ", ")).
      """
  }
}
