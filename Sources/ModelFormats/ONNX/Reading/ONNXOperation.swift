import NN
import Serialization
import Tensor

/// A node whose layers are being made: its options, its inputs, and the means to add layers.
///
/// Each option that a builder reads is noted. One that nobody has read is an error, so that nothing is overlooked.
final class ONNXOperation {
  let node: ONNXNode
  let reading: ONNXReading
  private let place: String
  private var readAttributes: Set<String> = []
  /// A node behind this one whose work the layer does too: the addition of a bias.
  var joinedNode: Int?

  init(_ node: ONNXNode, _ index: Int, in reading: ONNXReading) {
    self.node = node
    self.reading = reading
    let type = node.domain.isEmpty ? node.operation : "\(node.domain).\(node.operation)"
    place = "node \(node.name.isEmpty ? "\(index)" : "\"\(node.name)\"") (\(type))"
  }

  /// What brings an output of the graph into its order.
  init(output: String, in reading: ONNXReading) {
    node = ONNXNode(name: output)
    self.reading = reading
    place = "output \"\(output)\""
  }

  /// The version of the set of operators that the node belongs to.
  var version: Int { reading.operationSets[node.domain] ?? 1 }

  // MARK: Errors

  func error(_ problem: ModelFileError.Problem) -> ModelFileError {
    ModelFileError(path: reading.path, place: place, problem: problem)
  }

  func unsupported(_ found: String, expected: String) -> ModelFileError {
    error(.unsupported(found: found, expected: expected))
  }

  // MARK: Running the builder

  /// The values that the node makes.
  func result() throws -> [ONNXValue] {
    let results: [ONNXValue]
    do {
      results = try make()
    } catch let error as LayerError {
      throw self.error(.unsupported(found: "\(error)", expected: "a layer that fits its inputs"))
    } catch let problem as ModelFileError.Problem {
      throw error(problem)
    } catch let error as ProtobufError {
      throw self.error(.damaged(error.description))
    }
    if let attribute = node.attributes.first(where: { !readAttributes.contains($0.name) }) {
      throw unsupported("the attribute \(attribute.name)", expected: "only attributes of \(node.operation)")
    }
    return results
  }

  private func make() throws -> [ONNXValue] {
    if let type = reading.custom.first(where: {
      $0.onnxOperator.domain == node.domain && $0.onnxOperator.name == node.operation
    }) {
      return try custom(type)
    }
    guard node.domain.isEmpty, let build = ONNXOperators.builders[node.operation] else {
      throw unsupported("the operator", expected: "one that Kilim reads")
    }
    if let known = try pattern() { return [known] }
    return try build(self)
  }

  // MARK: Options

  private func attribute(_ name: String) -> ONNXAttribute.Value? {
    readAttributes.insert(name)
    return node.attributes.first { $0.name == name }?.value
  }

  private func wrong(_ name: String, _ expected: String) -> ModelFileError {
    unsupported("the attribute \(name) of another type", expected: expected)
  }

  /// An option; the default where the node does not have it.
  func integer(_ name: String, default value: Int) throws -> Int {
    switch attribute(name) {
    case .integer(let number)?: return number
    case nil: return value
    default: throw wrong(name, "a whole number")
    }
  }

  func flag(_ name: String, default value: Bool = false) throws -> Bool {
    try integer(name, default: value ? 1 : 0) != 0
  }

  func float(_ name: String, default value: Float) throws -> Float {
    switch attribute(name) {
    case .float(let number)?: return number
    case nil: return value
    default: throw wrong(name, "a number")
    }
  }

  func text(_ name: String, default value: String) throws -> String {
    switch attribute(name) {
    case .text(let text)?: return text
    case nil: return value
    default: throw wrong(name, "a text")
    }
  }

  func integers(_ name: String) throws -> [Int]? {
    switch attribute(name) {
    case .integers(let numbers)?: return numbers
    case nil: return nil
    default: throw wrong(name, "whole numbers")
    }
  }

  func floats(_ name: String) throws -> [Float]? {
    switch attribute(name) {
    case .floats(let numbers)?: return numbers
    case nil: return nil
    default: throw wrong(name, "numbers")
    }
  }

  func texts(_ name: String) throws -> [String]? {
    switch attribute(name) {
    case .texts(let texts)?: return texts
    case nil: return nil
    default: throw wrong(name, "texts")
    }
  }

  /// The only option of a `Constant`.
  func onlyAttribute() throws -> ONNXAttribute {
    guard let attribute = node.attributes.first, node.attributes.count == 1 else {
      throw unsupported("\(node.attributes.count) attributes", expected: "1")
    }
    readAttributes.insert(attribute.name)
    return attribute
  }

  /// Refuses any value of an option but the one that Kilim computes.
  func require(_ name: String, is expected: Int) throws {
    let found = try integer(name, default: expected)
    guard found == expected else { throw unsupported("\(name) = \(found)", expected: "\(name) = \(expected)") }
  }

  /// All options, for a user's own operator.
  func allAttributes() -> [String: ONNXAttribute.Value] {
    readAttributes.formUnion(node.attributes.map(\.name))
    return Dictionary(node.attributes.map { ($0.name, $0.value) }) { first, _ in first }
  }

  // MARK: Inputs

  /// Whether the node has an input.
  func has(_ index: Int) -> Bool { index < node.inputs.count && !node.inputs[index].isEmpty }

  func value(_ index: Int) throws -> ONNXValue {
    guard has(index), let value = reading.values[node.inputs[index]] else {
      throw error(.damaged("its input \(index + 1) is missing"))
    }
    if case .refused(let error) = value { throw error }
    return value
  }

  /// An input that depends on the inputs of the model.
  func data(_ index: Int) throws -> ONNXData {
    guard case .data(let data) = try value(index) else {
      throw unsupported("a constant as input \(index + 1)", expected: "a value that depends on the inputs of the model")
    }
    guard data.joined.isEmpty || Self.takesJoined.contains(node.operation) else { throw joinsExamples() }
    return data
  }

  func joinsExamples() -> ModelFileError {
    unsupported("an axis that joins examples and other elements", expected: "an axis of the examples alone")
  }

  /// Products with matrices and what treats elements alike take an axis that joins examples and others.
  private static let takesJoined: Set<String> = [
    "MatMul", "Gemm", "Relu", "Sigmoid", "Tanh", "LeakyRelu", "Elu", "Selu", "Softplus", "Softsign", "Gelu", "Softmax",
    "Add", "Sub", "Mul", "Div", "ReduceSum", "ReduceMean", "ReduceMax", "ReduceL2", "Clip", "Exp", "Sqrt", "IsNaN",
    "IsInf",
  ]

  /// Such an input, of numbers: what is computed with whole numbers and truth values is not the same.
  func numbers(_ index: Int) throws -> ONNXData {
    let data = try data(index)
    guard data.kind == .number else {
      throw unsupported("\(data.kind.rawValue)s as input \(index + 1)", expected: "numbers of floating point")
    }
    return data
  }

  /// An input that is a constant of numbers.
  func weight(_ index: Int) throws -> Tensor<Float> {
    guard case .constant(.numbers(let tensor)) = try value(index) else {
      throw unsupported(
        "an input \(index + 1) (\"\(node.inputs[index])\") that is no constant of numbers", expected: "a weight")
    }
    return tensor
  }

  private func known(_ list: ONNXIntegers) -> [Int]? {
    let numbers = list.values.compactMap(\.known)
    return numbers.count == list.values.count ? numbers : nil
  }

  /// The lengths that whole numbers are; `nil` for the examples.
  func lengths(_ list: ONNXIntegers) throws -> [Int?] {
    try list.values.map { number in
      switch number {
      case .known(let length): length
      case .examples: nil
      case .multiple: throw joinsExamples()
      }
    }
  }

  /// An input that is a list of whole numbers, all of them known.
  func list(_ index: Int) throws -> [Int] {
    guard case .constant(.integers(let list)) = try value(index), let numbers = known(list) else {
      throw unsupported("an input \(index + 1) that is no list of known whole numbers", expected: "one")
    }
    return numbers
  }

  /// Axes in an attribute of older versions, or in an input of newer ones, counted from 0.
  func axes(input: Int, rank: Int) throws -> [Int]? {
    let attribute = try integers("axes")
    let given = has(input) ? try list(input) : attribute
    return try given?.map { try axis($0, rank: rank) }
  }

  /// An axis counted from 0.
  func axis(_ axis: Int, rank: Int) throws -> Int {
    guard (-rank..<rank).contains(axis) else { throw unsupported("axis \(axis)", expected: "one of \(rank) axes") }
    return axis < 0 ? axis + rank : axis
  }

  // MARK: Layers

  /// Calls a layer with one input.
  func call(_ layer: any Layer, _ data: ONNXData, axes: [Int?]? = nil, part: String = "") throws -> ONNXData {
    let (symbol, example) = try reading.call(layer, [(data.symbol, data.example)], name: name(part))[0]
    var result = data.replaced(by: symbol, example, axes: axes, kind: .number)
    if layer.parameterCount > 0 { result.isPreprocessing = false }
    return result
  }

  /// What a layer is called: the name of the node, or of its result.
  func name(_ part: String = "") -> String {
    (node.name.isEmpty ? node.outputs.first ?? node.operation : node.name) + (part.isEmpty ? "" : "_\(part)")
  }
}
