import NN
import Serialization
import Tensor

/// A layer of your own that is read from an ONNX file.
///
/// ```swift
/// final class Scale: Layer, ONNXReadableLayer {
///   static let onnxOperator = (domain: "com.example", name: "Scale")
///   let factor = Parameter()
///
///   static func make(from node: ONNXOperatorNode) -> Scale {
///     let layer = Scale()
///     layer.factor.value = node.weights[1] ?? Tensor(scalar: 1)
///     return layer
///   }
///
///   func build(inputShape: Shape, using generator: inout RandomGenerator) -> Shape { inputShape }
///
///   func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> { x * context[factor] }
/// }
///
/// let model = try Model(onnxFile: "model.onnx", customLayers: [Scale.self])
/// ```
///
/// It is taken before an operator of Kilim's own with the same domain and name. ``ONNXCustomLayer`` writes such a layer.
public protocol ONNXReadableLayer: Layer {
  /// The operator: the domain of the set it belongs to, empty for ONNX's own, and its name.
  static var onnxOperator: (domain: String, name: String) { get }

  /// Makes the layer of a node.
  ///
  /// - Throws: an error for a node that the layer cannot compute.
  static func make(from node: ONNXOperatorNode) throws -> Self
}

/// A node of an ONNX graph, for a layer of your own; see ``ONNXReadableLayer``.
public struct ONNXOperatorNode {
  /// The name of the node.
  public let name: String
  /// The options.
  public let attributes: [String: ONNXGraph.Attribute]
  /// The inputs that are constants, by their place.
  public let weights: [Int: Tensor<Float>]
  /// The shape of one example of each other input, in their order: what the layer is built for.
  public let inputShapes: [Shape]
}

extension ONNXOperation {
  /// Makes the layer of a user's own operator.
  func custom(_ type: any ONNXReadableLayer.Type) throws -> [ONNXValue] {
    var (weights, inputs): ([Int: Tensor<Float>], [ONNXData]) = ([:], [])
    for index in node.inputs.indices where has(index) {
      switch try value(index) {
      case .data(let data): inputs.append(try arranged(data, Array(0..<data.rank)))
      case .constant(.numbers(let tensor)): weights[index] = tensor
      default: throw unsupported("whole numbers as input \(index + 1)", expected: "numbers of floating point")
      }
    }
    var attributes: [String: ONNXGraph.Attribute] = [:]
    for (name, value) in allAttributes() {
      switch value {
      case .integer(let number): attributes[name] = .integer(number)
      case .integers(let numbers): attributes[name] = .integers(numbers)
      case .float(let number): attributes[name] = .float(number)
      case .floats(let numbers): attributes[name] = .floats(numbers)
      case .text(let text): attributes[name] = .text(text)
      case .texts(let texts): attributes[name] = .texts(texts)
      case .tensor, .graph, .other: throw unsupported("the attribute \(name)", expected: "numbers or texts")
      }
    }
    let call = ONNXOperatorNode(
      name: node.name, attributes: attributes, weights: weights, inputShapes: inputs.map(\.example))
    let layer: any Layer
    do {
      layer = try type.make(from: call)
    } catch let error as ModelFileError { throw error } catch {
      throw unsupported("\(error)", expected: "a node of the layer \(type)")
    }
    guard let first = inputs.first else { throw unsupported("constants alone", expected: "an input of the model") }
    return try reading.call(layer, inputs.map { ($0.symbol, $0.example) }, name: name()).map { symbol, example in
      var result = first.replaced(by: symbol, example, axes: Array(0...example.rank), kind: .number)
      result.isPreprocessing = false
      return .data(result)
    }
  }
}
