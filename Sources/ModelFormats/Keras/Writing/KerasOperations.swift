/// Puts operations of Keras together, as nodes of a `Functional` model, for what no layer of Kilim can say: values whose size
/// depends on that of the input.
final class KerasOperations {
  /// What an operation is called with.
  enum Operand: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    /// What a node makes, by its name.
    case node(String)
    case number(Float)
    /// An index, which must not become a number with a point.
    case index(Int)
    /// Numbers `[n, 1]` or `[1, n]`.
    case column([Float])
    case row([Float])

    init(floatLiteral value: Float) { self = .number(value) }
    init(integerLiteral value: Int) { self = .index(value) }
  }

  /// The nodes so far, each after those that it needs.
  private(set) var nodes: [JSON] = []
  private let prefix: String

  /// - Parameter prefix: what all names begin with.
  init(_ prefix: String) { self.prefix = prefix }

  /// The result of an operation of `keras.ops`, named by its class.
  ///
  /// Before Keras 3.12, operations know no option for their name, so only the node has it.
  func callAsFunction(
    _ operation: String, _ operands: Operand..., with options: [String: JSON] = [:],
    module: String = "keras.src.ops.numpy"
  ) -> Operand {
    let name = "\(prefix)_\(nodes.count + 1)"
    nodes.append([
      "module": .string(module), "class_name": .string(operation), "registered_name": .string(operation),
      "config": JSON(members: options), "name": .string(name),
      "inbound_nodes": [Self.call(with: operands)],
    ])
    return .node(name)
  }

  /// How a node is called.
  static func call(with operands: [Operand]) -> JSON {
    ["args": .array(operands.map(json)), "kwargs": JSON(members: [:])]
  }

  private static func json(_ operand: Operand) -> JSON {
    switch operand {
    case .node(let name):
      // Keras looks the value up by its history; the shape says nothing.
      [
        "class_name": "__keras_tensor__",
        "config": ["shape": [nil], "dtype": "float32", "keras_history": [.string(name), 0, 0]],
      ]
    case .number(let value): JSON(value)
    case .index(let value): JSON(value)
    case .column(let values): array(.array(values.map { .array([JSON($0)]) }))
    case .row(let values): array(.array([.array(values.map { JSON($0) })]))
    }
  }

  private static func array(_ values: JSON) -> JSON {
    ["class_name": "__numpy__", "config": ["value": values, "dtype": "float32"]]
  }

  // MARK: Arithmetic

  func add(_ a: Operand, _ b: Operand) -> Operand { self("Add", a, b) }
  func subtract(_ a: Operand, _ b: Operand) -> Operand { self("Subtract", a, b) }
  func multiply(_ a: Operand, _ b: Operand) -> Operand { self("Multiply", a, b) }
  func divide(_ a: Operand, _ b: Operand) -> Operand { self("TrueDivide", a, b) }
  func lower(_ a: Operand, _ b: Operand) -> Operand { self("Minimum", a, b) }
  func higher(_ a: Operand, _ b: Operand) -> Operand { self("Maximum", a, b) }
  func floor(_ value: Operand) -> Operand { self("Floor", value) }

  func expand(_ value: Operand, axis: Int) -> Operand { self("ExpandDims", value, with: ["axis": JSON(axis)]) }

  func sum(_ value: Operand, axis: Int, keepsAxis: Bool = false) -> Operand {
    self("Sum", value, with: ["axis": JSON(axis), "keepdims": .bool(keepsAxis)])
  }

  func cast(_ value: Operand, to type: String) -> Operand {
    self("Cast", value, with: ["dtype": .string(type)], module: "keras.src.ops.core")
  }

  /// 1 where a comparison holds, 0 elsewhere.
  func marks(_ comparison: String, _ a: Operand, _ b: Operand) -> Operand {
    cast(self(comparison, a, b), to: "float32")
  }

  func einsum(_ subscripts: String, _ a: Operand, _ b: Operand) -> Operand {
    self("Einsum", a, b, with: ["subscripts": .string(subscripts)])
  }
}
