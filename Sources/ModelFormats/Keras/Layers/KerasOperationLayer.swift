import Autograd
import NN
import Serialization
import Tensor

/// A layer of Kilim that is an operation in Keras, such as `ops.sum`, and no layer: a node of a `Functional` model.
protocol KerasOperationLayer: KerasLayer {
  /// What the operation is called with, for values of the given shapes.
  func kerasOperands(_ inputs: [JSON], inputShapes: [Shape]) -> [JSON]
}

extension KerasOperationLayer {
  var kerasModule: String { "keras.src.ops.numpy" }
  func kerasOperands(_ inputs: [JSON], inputShapes: [Shape]) -> [JSON] { inputs }
}

/// Values along a new axis.
///
/// Shapes: as many inputs of one shape as the axis gets indices. The axes are Keras's, with the batch and with channels last.
final class Stack: MergingLayer, Sendable {
  /// The place of the new axis, 1 or more.
  let kerasAxis: Int

  init(kerasAxis: Int) {
    self.kerasAxis = kerasAxis
  }

  func build(merging shapes: [Shape], using generator: inout RandomGenerator) throws -> Shape {
    guard let shape = shapes.first, shapes.allSatisfy({ $0 == shape }), (1...shape.rank + 1).contains(kerasAxis) else {
      throw LayerError(inputShapes: shapes, reason: "values of one shape with an axis \(kerasAxis) are needed")
    }
    var lengths = shape.kerasOrder.map { shape[$0] }
    lengths.insert(shapes.count, at: kerasAxis - 1)
    return Shape(kerasLengths: lengths)
  }

  func callAsFunction(merging inputs: [Variable<Float>], _ context: Context) -> Variable<Float> {
    let rank = inputs[0].shape.rank - 1
    let order = [0] + ElementOrder.channelsLast.axes(rank: rank).map { $0 + 1 }
    let stacked = Variable(stacking: inputs.map { $0.permuted(order) }, axis: kerasAxis)
    return stacked.permuted([0] + ElementOrder.channelsLast.places(rank: rank + 1).map { $0 + 1 })
  }
}

extension Stack: KerasOperationLayer {
  var kerasClass: String { "Stack" }
  var dependsOnElementOrder: Bool { true }
  func kerasOptions() -> [String: JSON] { ["axis": JSON(kerasAxis)] }
  func kerasOperands(_ inputs: [JSON], inputShapes: [Shape]) -> [JSON] { [.array(inputs)] }
}

extension Stack: ONNXMergingLayer {
  func add(to graph: inout ONNXGraph, merging inputs: [String], name: String, inputShapes: [Shape]) -> String {
    let rank = inputShapes[0].rank
    let axes = graph.add([kerasAxis], name: "\(name).axis")
    let parts = inputs.enumerated().map { index, input in
      let ordered = graph.add(
        "Transpose", [input], name: "\(name).ordered\(index)",
        ["perm": .integers([0] + ElementOrder.channelsLast.axes(rank: rank).map { $0 + 1 })])
      return graph.add("Unsqueeze", [ordered, axes], name: "\(name).part\(index)")
    }
    let joined = graph.add("Concat", parts, name: "\(name).joined", ["axis": .integer(kerasAxis)])
    return graph.add(
      "Transpose", [joined], name: name,
      ["perm": .integers([0] + ElementOrder.channelsLast.places(rank: rank + 1).map { $0 + 1 })])
  }
}

extension ReduceLayer: KerasOperationLayer {
  var kerasClass: String {
    switch kind {
    case .sum: "Sum"
    case .mean: "Mean"
    case .maximum: "Max"
    case .minimum: "Min"
    case .logSumExp: "Logsumexp"
    case .absoluteSum, .length, .sumOfSquares, .logSum, .product: ""
    }
  }

  var kerasModule: String { kind == .logSumExp ? "keras.src.ops.math" : "keras.src.ops.numpy" }

  var dependsOnElementOrder: Bool { true }

  func kerasOptions(inputShapes: [Shape]) throws(ModelFileError.Problem) -> [String: JSON] {
    guard !kerasClass.isEmpty else {
      throw .unsupported(found: "the operation \(kind.rawValue)", expected: "a sum, a mean, a maximum or a minimum")
    }
    return ["axis": JSON(kerasAxes: axes.map { $0 + 1 }, of: inputShapes.first ?? []), "keepdims": true]
  }
}

extension SliceLayer: KerasOperationLayer {
  var kerasClass: String { "GetItem" }
  var dependsOnElementOrder: Bool { true }

  func kerasOperands(_ inputs: [JSON], inputShapes: [Shape]) -> [JSON] {
    func slice(_ start: JSON, _ stop: JSON, _ step: JSON) -> JSON {
      ["class_name": "__slice__", "config": ["start": start, "stop": stop, "step": step]]
    }
    let number = inputShapes.first?.kerasAxis(axis) ?? 1
    let whole = (0..<number).map { _ in slice(nil, nil, nil) }
    return inputs + [.array(whole + [slice(JSON(range.lowerBound), JSON(range.upperBound), JSON(step))])]
  }
}

extension GatherLayer: KerasOperationLayer {
  var kerasClass: String { "Take" }
  var dependsOnElementOrder: Bool { true }

  func kerasOptions(inputShapes: [Shape]) -> [String: JSON] {
    ["axis": JSON(inputShapes.first?.kerasAxis(axis) ?? 1)]
  }

  func kerasOperands(_ inputs: [JSON], inputShapes: [Shape]) -> [JSON] {
    inputs + [.array(places.map { JSON($0) })]
  }
}

extension TileLayer: KerasOperationLayer {
  var kerasClass: String { "Tile" }
  var dependsOnElementOrder: Bool { true }

  func kerasOptions(inputShapes: [Shape]) -> [String: JSON] {
    let shape = inputShapes.first ?? []
    let counts = (0...shape.rank).map { $0 == shape.kerasAxis(axis) ? count : 1 }
    return ["repeats": .array(counts.map { JSON($0) })]
  }
}

extension PadLayer: KerasOperationLayer {
  var kerasClass: String { "Pad" }
  var dependsOnElementOrder: Bool { true }

  func kerasOptions(inputShapes: [Shape]) throws(ModelFileError.Problem) -> [String: JSON] {
    guard filler == 0 else {
      throw .unsupported(found: "an image surrounded by \(filler)", expected: "zeros")
    }
    let pairs = (inputShapes.first ?? []).kerasOrder.map { amounts[$0] }
    let widths = ([(before: 0, after: 0)] + pairs).map { JSON.array([JSON($0.before), JSON($0.after)]) }
    return ["pad_width": .array(widths), "mode": "constant"]
  }
}

extension MatrixProduct: KerasOperationLayer {
  var kerasClass: String { "Matmul" }
  var dependsOnElementOrder: Bool { true }

  func kerasOptions(inputShapes: [Shape]) throws(ModelFileError.Problem) -> [String: JSON] {
    guard inputShapes.allSatisfy({ $0.rank == 2 }) else {
      throw .unsupported(
        found: "a product of matrices of shape \(inputShapes.map(\.description).joined(separator: " and "))",
        expected: "two of two axes each")
    }
    return [:]
  }
}

extension FunctionLayer: KerasOperationLayer {
  private var known: (name: String, options: [String: JSON])? {
    switch function {
    case .absolute: ("Absolute", [:])
    case .logarithm: ("Log", [:])
    case .squareRoot: ("Sqrt", [:])
    case .squared: ("Square", [:])
    case .reciprocal: ("Reciprocal", [:])
    case .negative: ("Negative", [:])
    case .cubed: ("Power", [:])
    case .clip(let low, let high): ("Clip", ["x_min": JSON(low), "x_max": JSON(high)])
    case .activation(.tanhGELU): ("Gelu", ["approximate": true])
    case .mapped(.arctangent): ("Arctan", [:])
    case .mapped(let function): (function.rawValue, [:])
    case .power: ("Power", [:])
    case .activation, .logSoftmax: nil
    }
  }

  func kerasOperands(_ inputs: [JSON], inputShapes: [Shape]) -> [JSON] {
    switch function {
    case .cubed: inputs + [3]
    case .power(let exponent): inputs + [JSON(exponent)]
    default: inputs
    }
  }

  var kerasModule: String {
    switch kerasClass {
    case "Gelu": "keras.src.ops.nn"
    case "Erf": "keras.src.ops.math"
    default: "keras.src.ops.numpy"
    }
  }

  var kerasClass: String { known?.name ?? "" }

  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON] {
    guard let known else {
      throw .unsupported(found: "the function \(function)", expected: "one that Keras has as an operation")
    }
    return known.options
  }
}

extension PairLayer: KerasOperationLayer {
  var kerasClass: String { operation == .divide ? "TrueDivide" : "" }

  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON] {
    guard operation == .divide else {
      throw .unsupported(found: "the operation \(operation.rawValue)", expected: "one that Keras has as an operation")
    }
    return [:]
  }
}
