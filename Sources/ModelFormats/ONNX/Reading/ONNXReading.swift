import NN
import Serialization
import Tensor

/// Makes a model of the graph of an ONNX file: node by node, each by the builder of its operator.
final class ONNXReading {
  let path: String
  let operationSets: [String: Int]
  let custom: [any ONNXReadableLayer.Type]
  private(set) var values: [String: ONNXValue] = [:]
  /// For each value the nodes that take it.
  private var takers: [String: [Int]] = [:]
  /// For each value the node that makes it.
  private var makers: [String: Int] = [:]
  private var nodes: [ONNXNode]
  /// Whether graphs inside of nodes may take values too.
  private let hasBranches: Bool
  /// How many graphs the node that is read lies in, beside the whole one.
  private var depth = 0
  private let outputNames: Set<String>
  /// Nodes that the builder of an earlier one has done.
  private var finished: Set<Int> = []
  private var names = ONNXLayerNames()
  private var generator = RandomGenerator(seed: 0)
  private var callCount = 0
  /// How many elements of constants may still be computed: a few bytes of a file could ask for any number. Those of weights,
  /// which are in the file, may be computed with several times.
  private var budget = 1 << 23
  private(set) var inputs: [ONNXData] = []
  private(set) var outputs: [ONNXData] = []

  /// Graphs that lie deeper are refused.
  private static let mostDepth = 8

  /// A graph with more calls of layers is refused.
  private static let mostCalls = 20_000

  init(
    _ file: ONNXModelMessage, inputShapes: [String: Shape], custom: [any ONNXReadableLayer.Type], path: String
  ) throws {
    self.path = path
    self.custom = custom
    operationSets = file.operationSets
    guard let graph = file.graph else {
      throw ModelFileError(path: path, place: "model", problem: .damaged("there is no graph"))
    }
    nodes = graph.nodes
    outputNames = Set(graph.outputs.map(\.name))
    hasBranches = graph.nodes.contains { $0.operation == "If" }
    for (index, node) in nodes.enumerated() {
      for input in Set(node.inputs) where !input.isEmpty { takers[input, default: []].append(index) }
      for output in node.outputs where !output.isEmpty { makers[output] = index }
    }
    try check(file, graph)
    try readWeights(graph)
    try readInputs(graph, inputShapes)
    for index in nodes.indices where !finished.contains(index) { try read(index) }
    try readOutputs(graph)
  }

  private func error(_ place: String, _ problem: ModelFileError.Problem) -> ModelFileError {
    ModelFileError(path: path, place: place, problem: problem)
  }

  private func check(_ file: ONNXModelMessage, _ graph: ONNXGraphMessage) throws {
    guard let version = operationSets[""], (7...30).contains(version) else {
      throw error(
        "model",
        .unsupported(
          found: operationSets[""].map { "operation set \($0)" } ?? "no set of ONNX's operations", expected: "7 to 30"))
    }
    guard file.metadata[ONNXGraph.sealedKey] == nil else {
      throw error(
        "model",
        .unsupported(
          found: "a sealed model for photos of any size, which is for other programs,",
          expected: "the model that it was made of"))
    }
    guard !file.hasFunctions else {
      throw error("model", .unsupported(found: "functions of the model's own", expected: "nodes alone"))
    }
    guard !graph.hasSparseInitializers else {
      throw error("graph", .unsupported(found: "sparse weights", expected: "dense ones"))
    }
    guard !graph.outputs.isEmpty else { throw error("graph", .damaged("there is no output")) }
  }

  private func readWeights(_ graph: ONNXGraphMessage) throws {
    var integerCount = 0
    for tensor in graph.initializers {
      guard !tensor.name.isEmpty, values[tensor.name] == nil else {
        throw error("weight \"\(tensor.name)\"", .damaged("a name is empty or is given twice"))
      }
      do throws(ModelFileError.Problem) {
        let constant = try ONNXConstant(tensor)
        switch constant {
        case .integers(let list): integerCount += list.values.count
        case .numbers(let tensor): budget += 4 * tensor.count
        }
        guard integerCount <= ONNXConstant.mostIntegers else {
          throw .unsupported(
            found: "more than \(ONNXConstant.mostIntegers) whole numbers in the file",
            expected: "fewer; quantized weights are not read")
        }
        values[tensor.name] = .constant(constant)
      } catch {
        values[tensor.name] = .refused(self.error("weight \"\(tensor.name)\"", error))
      }
    }
  }

  /// Inputs with a weight of the same name are that weight.
  private func readInputs(_ graph: ONNXGraphMessage, _ given: [String: Shape]) throws {
    let inputs = graph.inputs.filter { values[$0.name] == nil }
    if let unknown = given.keys.sorted().first(where: { name in !inputs.contains { $0.name == name } }) {
      throw error(
        "input \"\(unknown)\"",
        .unsupported(found: "a shape for it", expected: "one for \(inputs.map(\.name).joined(separator: ", "))"))
    }
    guard !inputs.isEmpty else { throw error("graph", .damaged("there is no input")) }
    let imageInputs = ONNXImageInputs(nodes)
    for input in inputs {
      guard values[input.name] == nil, !input.name.isEmpty else {
        throw error("input \"\(input.name)\"", .damaged("a name is empty or is given twice"))
      }
      do throws(ModelFileError.Problem) {
        let data = try ONNXData(
          input, given: given[input.name], isChannelsLast: imageInputs.isChannelsLast(input.name),
          name: names.free(input.name))
        self.inputs.append(data)
        values[input.name] = .data(data)
      } catch {
        throw self.error("input \"\(input.name)\"", error)
      }
    }
  }

  private func read(_ index: Int) throws {
    let node = nodes[index]
    let operation = ONNXOperation(node, index, in: self)
    for input in node.inputs where !input.isEmpty && values[input] == nil {
      throw operation.error(
        .damaged("it takes \"\(input)\", which no input, weight or node before it is; nodes must stand in order"))
    }
    var results: [ONNXValue]
    do {
      results = try operation.result()
    } catch let error as ModelFileError {
      results = node.outputs.map { _ in .refused(error) }
    }
    while results.count < node.outputs.count {
      results.append(.refused(operation.unsupported("its output \(results.count + 1)", expected: "fewer outputs")))
    }
    for (name, value) in zip(node.outputs, results) where !name.isEmpty {
      try set(name, value, by: operation)
    }
    if let joined = operation.joinedNode, case .data? = results.first {
      finished.insert(joined)
      if let name = nodes[joined].outputs.first { try set(name, results[0], by: operation) }
    }
  }

  private func set(_ name: String, _ value: ONNXValue, by operation: ONNXOperation) throws {
    guard values[name] == nil else {
      throw operation.error(.damaged("its result \"\(name)\" has the name of another value"))
    }
    values[name] = value
  }

  private func readOutputs(_ graph: ONNXGraphMessage) throws {
    for output in graph.outputs {
      switch values[output.name] {
      case .data(let data)?:
        guard data.batchAxis == 0 else {
          throw error(
            "output \"\(output.name)\"",
            .unsupported(found: "examples along another axis than the first", expected: "them along the first"))
        }
        outputs.append(try finished(data, output.name))
      case .refused(let refusal)?: throw refusal
      case nil: throw error("output \"\(output.name)\"", .damaged("no node makes it"))
      case .constant?, .repeated?:
        throw error("output \"\(output.name)\"", .unsupported(found: "a constant", expected: "a result of the inputs"))
      }
    }
  }

  /// An output with its axes in order. Images with the channels last become images with the channels first where the
  /// inputs do.
  private func finished(_ data: ONNXData, _ name: String) throws -> ONNXData {
    let areTurned = inputs.contains { $0.axes == [0, 2, 3, 1] }
    let order = areTurned && data.axes == [0, 2, 3, 1] ? [0, 3, 1, 2] : Array(0..<data.rank)
    let operation = ONNXOperation(output: name, in: self)
    return try operation.arranged(data, order)
  }
}

// What the builders of operators need.
extension ONNXReading {
  /// Calls a layer, and returns what it makes.
  ///
  /// - Throws: `LayerError` for a layer that cannot take the inputs.
  func call(
    _ layer: any Layer, _ inputs: [(symbol: SymbolicValue, example: Shape)], name: String
  ) throws -> [(symbol: SymbolicValue, example: Shape)] {
    callCount += 1
    guard callCount <= Self.mostCalls else {
      throw error("graph", .unsupported(found: "more than \(Self.mostCalls) layers", expected: "fewer"))
    }
    let shapes = try layer.build(as: name, inputShapes: inputs.map(\.example), using: &generator)
    guard shapes.allSatisfy({ Shape.count(Array($0)) != nil }) else {
      throw LayerError(inputShapes: inputs.map(\.example), reason: "the result has too many elements")
    }
    let symbols = layer.outputs(of: inputs.map(\.symbol), name: names.free(name))
    return Array(zip(symbols, shapes))
  }

  /// The values that a graph inside of a node makes, whose nodes are read as if they stood in place of the node.
  ///
  /// - Throws: for a graph that is too deep or has inputs, and for a value that cannot be computed.
  func values(ofBranch bytes: ArraySlice<UInt8>) throws -> [ONNXValue] {
    let graph = try ONNXGraphMessage(bytes)
    guard depth < Self.mostDepth, graph.inputs.isEmpty, !graph.hasSparseInitializers else {
      throw error("graph", .unsupported(found: "a branch with inputs or too deep", expected: "nodes and weights alone"))
    }
    depth += 1
    defer { depth -= 1 }
    try readWeights(graph)
    for node in graph.nodes {
      let index = nodes.count
      nodes.append(node)
      for output in node.outputs where !output.isEmpty { makers[output] = index }
      try read(index)
    }
    return try graph.outputs.map { output in
      guard let value = values[output.name] else {
        throw error("output \"\(output.name)\"", .damaged("no node of the branch makes it"))
      }
      return value
    }
  }

  /// The only node that takes a value, with its index, if that is no output of the graph.
  func onlyTaker(of name: String) -> (index: Int, node: ONNXNode)? {
    guard !hasBranches, !outputNames.contains(name), let indices = takers[name], indices.count == 1 else { return nil }
    return (indices[0], nodes[indices[0]])
  }

  /// Whether a node or an output of the graph takes a value.
  func isNeeded(_ name: String) -> Bool { hasBranches || outputNames.contains(name) || takers[name] != nil }

  /// The node that makes a value.
  func maker(of name: String) -> ONNXNode? { makers[name].map { nodes[$0] } }

  /// Counts elements of a constant that is about to be computed.
  func spend(_ count: Int) throws(ModelFileError.Problem) {
    guard count <= budget else {
      throw .unsupported(
        found: "constants with \(count) more elements to compute",
        expected: "at most \(1 << 23) in all, and four for each element of the weights")
    }
    budget -= count
  }
}
