import Foundation
import ModelFormats
import NN
import Serialization
import Tensor

/// What the reader of ONNX files makes of the vectors, as a part of the page.
///
/// A model has examples along the first axis of its inputs. In some vectors the inputs behind the first one are weights: each
/// vector is read with all inputs as inputs of the model, with the first one alone, and with the last one alone, and counts as
/// passed when one of these is read and computes the outputs.
struct ONNXReadingConformance {
  private struct Row {
    var passed = 0
    /// How many vectors are refused for a reason.
    var refused: [String: Int] = [:]
  }

  private var rows: [String: Row] = [:]
  private var others: Set<String> = []
  private(set) var failures: [String] = []

  init(_ vectors: [ONNXVector]) throws {
    for vector in vectors {
      guard let graph = try vector.model().graph, let node = graph.nodes.first else { continue }
      let name = graph.nodes.count == 1 ? node.operation : "graphs of several nodes"
      var row = rows[name] ?? Row()
      switch try Self.outcome(of: vector) {
      case .passed: row.passed += 1
      case .failed(let reason): failures.append("\(vector.name): \(reason)")
      case .refused(let reason): row.refused[reason, default: 0] += 1
      }
      rows[name] = row
    }
    for (name, row) in rows where row.passed == 0 && Array(row.refused.keys) == [Self.unknownOperator] {
      others.insert(name)
      rows[name] = nil
    }
  }

  private enum Outcome {
    case passed
    case failed(String)
    case refused(String)
  }

  private static let unknownOperator = "the operator"

  private static func outcome(of vector: ONNXVector) throws -> Outcome {
    let (inputs, expected): ([[UInt8]], [ONNXValue])
    do {
      inputs = try vector.stored("input")
      expected = try vector.values("output")
    } catch let leftOut as LeftOut { return .refused(leftOut.reason) } catch { return .refused("not a tensor") }
    guard !inputs.isEmpty else { return .refused("no input") }
    let choices = inputs.count == 1 ? [[0]] : [Array(inputs.indices), [0], [inputs.count - 1]]
    var (reason, mismatch): (String?, String?)
    for choice in choices {
      do {
        if try agrees(vector, inputs, expected, asInputs: Set(choice)) { return .passed }
        mismatch = "other numbers with inputs \(choice)"
      } catch let error as ModelFileError {
        if choice == [0] || reason == nil { reason = brief(error) }
      } catch let leftOut as LeftOut {
        reason = reason ?? leftOut.reason
      }
    }
    return mismatch.map { .failed($0) } ?? .refused(reason ?? "no input")
  }

  /// What was found, without numbers and names that differ from vector to vector.
  private static func brief(_ error: ModelFileError) -> String {
    switch error.problem {
    case .unsupported(let found, _), .mismatch(let found, _):
      found.replacing(#/[-0-9.\[\]", ()]*[0-9][-0-9.\[\]", ()]*/#, with: " … ")
    case .damaged(let text): text
    case .missing: "a part that is missing"
    case .tooLarge: "a part that is too large"
    case .openSizes: "open sizes"
    }
  }

  private static func agrees(
    _ vector: ONNXVector, _ stored: [[UInt8]], _ expected: [ONNXValue], asInputs chosen: Set<Int>
  ) throws -> Bool {
    var inputs: [Tensor<Float>] = []
    var weights: [(name: String, bytes: [UInt8])] = []
    for (index, bytes) in stored.enumerated() {
      let tensor: ONNXTensor
      do { tensor = try ONNXTensor(bytes[...]) } catch { throw LeftOut(reason: "not a tensor") }
      if chosen.contains(index) {
        guard let numbers = try ONNXValue(tensor).numbers, let count = tensor.lengths.first else {
          throw LeftOut(reason: "inputs that are no batches of numbers")
        }
        guard inputs.allSatisfy({ $0.shape[0] == count }), !numbers.shape.contains(0) else {
          throw LeftOut(reason: "inputs with different numbers of examples")
        }
        inputs.append(numbers)
      } else {
        weights.append((tensor.name, bytes))
      }
    }
    let model = try Model(onnx: adding(weights, to: vector.bytes()), path: "model.onnx")
    guard model.inputShapes.count == inputs.count,
      zip(model.inputShapes, inputs).allSatisfy({ $1.shape.dropFirst().elementsEqual($0) })
    else { throw LeftOut(reason: "inputs in another order") }
    if model.layers.contains(where: { $0 is Embedding }), inputs.contains(where: { $0.min().scalar < 0 }) {
      throw LeftOut(reason: "indices from the end")
    }
    let found = model.outputs(of: inputs)
    return zip(found, expected).allSatisfy { found, expected in
      guard let numbers = expected.numbers, numbers.shape == found.shape else { return false }
      let largest = numbers.scalars.lazy.filter(\.isFinite).map(abs).max() ?? 1
      return zip(found.scalars, numbers.scalars).allSatisfy {
        $0 == $1 || ($0.isNaN && $1.isNaN) || abs($0 - $1) <= 1e-5 * max(largest, 1)
      }
    }
  }

  /// The model with weights in place of inputs.
  private static func adding(_ weights: [(name: String, bytes: [UInt8])], to model: [UInt8]) throws -> [UInt8] {
    var result = ProtobufMessage()
    var reader = ProtobufReader(model[...])
    while let field = try reader.next() {
      switch field {
      case (7, .bytes(let graph)):
        var changed = ProtobufMessage()
        var parts = ProtobufReader(graph)
        while let part = try parts.next() {
          if case .bytes(let content) = part.value { changed.add(part.number, Array(content)) }
        }
        // GraphProto: 5 initializer.
        for weight in weights { changed.add(5, weight.bytes) }
        result.add(7, changed)
      case (let number, .bytes(let content)): result.add(number, Array(content))
      case (let number, .varint(let value)): result.add(number, Int(truncatingIfNeeded: value))
      default: break
      }
    }
    return result.bytes
  }

  /// The part of the page.
  var markdown: String {
    let (passed, refused) = rows.values.reduce((0, 0)) { ($0.0 + $1.passed, $0.1 + $1.refused.values.reduce(0, +)) }
    let lines = rows.sorted { $0.key < $1.key }.map { name, row in
      let reasons = row.refused.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        .map { "\($0.key)\($0.value == 1 ? "" : " (\($0.value))")" }
      return "| \(name) | \(row.passed) | \(row.refused.values.reduce(0, +)) | \(reasons.joined(separator: "; ")) |"
    }
    return """
      ## The reader

      `Model(contentsOf:)` reads each model, and the model gets the inputs: **\(passed) passed, \(refused) refused**, none
      computed other numbers. Numbers agree within 1e-5 of the largest. A refusal is an error that names the node. The most
      frequent one is of vectors that reduce, move or join the examples, the first axis: examples stay apart in a model.

      | operator | passed | refused | what was found |
      |---|---:|---:|---|
      \(lines.joined(separator: "\n"))

      Operators that are not read: \(others.sorted().joined(separator: ", ")).
      """
  }
}

extension ONNXValue {
  /// The numbers as a batch of a model; whole numbers and truth values too.
  fileprivate var numbers: Tensor<Float>? {
    switch self {
    case .float(let tensor): tensor
    case .double(let tensor): Tensor(shape: tensor.shape, scalars: tensor.scalars.map { Float($0) })
    case .int32(let tensor): Tensor(shape: tensor.shape, scalars: tensor.scalars.map { Float($0) })
    case .uint8(let tensor): Tensor(shape: tensor.shape, scalars: tensor.scalars.map { Float($0) })
    case .bool(let tensor): Tensor(shape: tensor.shape, scalars: tensor.scalars.map { $0 ? 1 : 0 })
    case .int64(let shape, let list): Tensor(shape: shape, scalars: list.map { Float($0) })
    }
  }
}
