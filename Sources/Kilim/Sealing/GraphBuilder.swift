import ModelFormats
import Tensor

/// Puts an ONNX graph together, with names that it makes up.
///
/// A value is known by its name. Graphs inside, of an `If` or a `Loop`, may use the values of the graph around them.
final class GraphBuilder {
  /// The graph so far.
  var graph = ONNXGraph()
  private let prefix: String
  private var count = 0

  /// - Parameter prefix: what all names begin with.
  init(_ prefix: String) { self.prefix = prefix }

  private func newName() -> String {
    count += 1
    return "\(prefix)\(count)"
  }

  /// The result of an operation.
  func callAsFunction(
    _ operation: String, _ inputs: String..., with options: KeyValuePairs<String, ONNXGraph.Attribute> = [:]
  ) -> String {
    graph.add(operation, inputs, name: newName(), options)
  }

  /// A value under another name.
  func name(_ value: String, _ name: String) -> String { graph.add("Identity", [value], name: name) }

  // MARK: Constants

  func double(_ number: Double) -> String { graph.add(number, name: newName()) }
  func integer(_ number: Int) -> String { graph.add(number, name: newName()) }
  func integers(_ numbers: Int...) -> String { graph.add(numbers, name: newName()) }
  func float(_ number: Float) -> String { graph.add(Tensor(scalar: number), name: newName()) }
  func tensor(_ tensor: Tensor<Float>) -> String { graph.add(tensor, name: newName()) }
  func texts(_ texts: [String]) -> String { graph.add(texts, name: newName()) }

  // MARK: Arithmetic

  func add(_ a: String, _ b: String) -> String { self("Add", a, b) }
  func subtract(_ a: String, _ b: String) -> String { self("Sub", a, b) }
  func multiply(_ a: String, _ b: String) -> String { self("Mul", a, b) }
  func divide(_ a: String, _ b: String) -> String { self("Div", a, b) }
  func lower(_ a: String, _ b: String) -> String { self("Min", a, b) }
  func higher(_ a: String, _ b: String) -> String { self("Max", a, b) }

  func cast(_ value: String, to type: ONNXElementType) -> String {
    self("Cast", value, with: ["to": .integer(type.rawValue)])
  }

  /// A list as a column `[n, 1]`.
  func column(_ list: String) -> String { self("Unsqueeze", list, integers(1)) }

  /// The numbers 0, 1, … below an integer, in double precision.
  func count(to end: String) -> String { cast(self("Range", integer(0), end, integer(1)), to: .double) }

  // MARK: Branches and loops

  /// The result of one of two graphs.
  ///
  /// - Parameters:
  ///   - condition: a scalar of booleans.
  ///   - type: of the result.
  ///   - first: makes the result if the condition holds.
  ///   - second: makes it if not.
  func choose(
    if condition: String, type: ONNXElementType, _ first: (GraphBuilder) -> String,
    else second: (GraphBuilder) -> String
  ) -> String {
    let name = newName()
    func branch(_ number: Int, _ make: (GraphBuilder) -> String) -> ONNXGraph.Whole {
      let inner = GraphBuilder("\(name).\(number).")
      let result = inner.name(make(inner), "\(name).\(number)")
      return ONNXGraph.Whole(inner.graph, inputs: [], outputs: [.init(result, type)])
    }
    graph.add(
      "If", [condition], outputs: [name], [],
      parts: [("then_branch", branch(0, first)), ("else_branch", branch(1, second))])
    return name
  }

  /// A value after a graph has changed it a number of times.
  ///
  /// - Parameters:
  ///   - times: how often.
  ///   - start: the value at first.
  ///   - type: its type.
  ///   - change: makes the next value of the number of the turn and the value.
  func `repeat`(
    _ times: String, from start: String, type: ONNXElementType, _ change: (GraphBuilder, String, String) -> String
  ) -> String {
    let name = newName()
    let inner = GraphBuilder("\(name).")
    let (turn, condition, value) = ("\(name).turn", "\(name).condition", "\(name).value")
    let next = inner.name(change(inner, turn, value), "\(name).next")
    let goesOn = inner.name(condition, "\(name).goesOn")
    let body = ONNXGraph.Whole(
      inner.graph, inputs: [.init(turn, .int64, []), .init(condition, .bool, []), .init(value, type)],
      outputs: [.init(goesOn, .bool, []), .init(next, type)])
    graph.add("Loop", [times, "", start], outputs: [name], [], parts: [("body", body)])
    return name
  }
}
