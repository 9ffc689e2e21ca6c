import NN
import Serialization
import Tensor

/// An operation that stands in a graph in place of a layer: `x / 127.5` or `tf.nn.relu(x)`.
///
/// Keras 3 writes the class of the operation, `TrueDivide` in `keras.src.ops`; tf.keras 2 writes a layer `TFOpLambda` with
/// the name of a function, `math.truediv`. Arithmetic with a number becomes a ``Rescaling``, that of two values a merging
/// layer, a function of one value an ``ActivationLayer``. What Keras has no layer for becomes a ``KerasOperationLayer``.
struct KerasOperation {
  /// What is computed, by Keras 3's name in small letters: `truedivide`.
  let name: String
  /// The number, or the list of numbers, that each operand is; `nil` for a value.
  let operands: [JSON?]
  /// Other options and arguments.
  let options: [String: JSON]
  /// Whether one of the numbers is of floating point: `128.0`, and not `128`.
  let holdsFractions: Bool
  /// Whether it is a function of TensorFlow, as tf.keras 2 has them.
  let isOfTensorFlow: Bool

  /// The class of an operation of tf.keras, and that of `x[…]`.
  private static let lambda = "TFOpLambda"
  private static let slicing = "SlicingOpLambda"

  /// Whether a listed layer is an operation.
  static func isOperation(_ layer: JSON) -> Bool {
    let kind = layer["class_name"]?.text ?? ""
    guard layer["module"] == nil else {
      return kind == lambda || kind == slicing || layer["module"]?.text?.hasPrefix("keras.src.ops.") == true
    }
    // In `.h5` files Keras 3 names no module. A layer says whether it is trained, and a merging layer takes a list.
    let operands = layer["inbound_nodes"]?.elements?.first?["args"]?.elements
    let isList = operands?.first?.elements != nil
    return kind == lambda || kind == slicing
      || (layer["config"]?["trainable"] == nil && operands?.isEmpty == false
        && (isList ? listNames : names).contains(kind))
  }

  /// The classes of operations, but for those that layers with one input have too. The layer of `Relu` is `ReLU`.
  private static let names: Set<String> = [
    "Add", "Subtract", "Multiply", "TrueDivide", "Divide", "Maximum", "Minimum", "Negative", "Relu", "Relu6",
    "Sigmoid", "Tanh", "Elu", "Selu", "Silu", "Softplus", "Exp", "Softsign", "Mish", "HardSigmoid", "HardSilu",
    "LogSigmoid", "LogSoftmax", "Mean", "GetItem", "Sum", "Max", "Min", "Sqrt", "Square", "Absolute", "Log",
    "Reciprocal",
    "Power", "Clip", "Squeeze", "Transpose", "Gelu", "LeakyRelu", "NotEqual", "LogicalOr", "Any", "ExpandDims",
    "ZerosLike", "OnesLike", "Rsqrt", "Flip", "Repeat", "Take", "Tile", "Pad", "Matmul", "Normalize", "Resize",
    "DepthToSpace", "Cast", "Copy", "Celu", "HardTanh", "TanhShrink", "SoftShrink", "HardShrink", "Squareplus",
    "SparsePlus", "SparseSigmoid", "Log2", "Log10", "Exp2", "Std", "Var", "Logsumexp", "Norm", "Swapaxes", "Moveaxis",
    "Roll", "Split", "Unstack", "MaxPool", "AveragePool", "CropImages", "PadImages", "RGBToGrayscale",
  ]
  /// Those that take a list of values, of which one is a layer too.
  private static let listNames: Set<String> = ["Concatenate", "Stack"]

  /// - Parameters:
  ///   - kerasClass: `TrueDivide` or `TFOpLambda`.
  ///   - config: the options.
  ///   - call: the only call.
  ///   - holdsFractions: whether one of the numbers is of floating point.
  init(_ kerasClass: String, _ config: [String: JSON], _ call: KerasCall, holdsFractions: Bool) {
    self.holdsFractions = holdsFractions
    isOfTensorFlow = [Self.lambda, Self.slicing].contains(kerasClass)
    let kept = config.filter { !["name", "trainable", "dtype", "function"].contains($0.key) }
    let options = kept.merging(call.arguments) { $1 }.filter { $0.value != .null }
    if isOfTensorFlow {
      let function = TensorFlowFunction(config["function"]?.text ?? "", call.operands, options)
      (name, operands, self.options) = (function.name, function.operands, function.options)
    } else {
      name = kerasClass.lowercased()
      operands = call.operands
      // What other operations have under this name is how exactly they are computed.
      let type = name == "cast" ? config["dtype"] : nil
      self.options = type.map { options.merging(["dtype": $0]) { $1 } } ?? options
    }
  }

  /// The functions of one value, by their names here.
  private static let activations: [String: Activation] = [
    "relu": .relu, "relu6": .relu6, "sigmoid": .sigmoid, "tanh": .tanh, "softmax": .softmax, "elu": .elu(),
    "selu": .selu, "silu": .silu, "softplus": .softplus, "exp": .exponential, "softsign": .softsign, "mish": .mish,
    "hardsigmoid": .hardSigmoid, "hardsilu": .hardSiLU, "logsigmoid": .logSigmoid, "logsoftmax": .logSoftmax,
    "celu": .celu(), "hardtanh": .hardTanh, "tanhshrink": .tanhShrink, "sparseplus": .sparsePlus,
    "sparsesigmoid": .sparseSigmoid, "squareplus": .squareplus(), "softshrink": .softShrink(),
    "hardshrink": .hardShrink(), "copy": .linear,
  ]

  /// The layers that do the same, one after the other.
  ///
  /// - Throws: the problem naming the operation that Kilim lacks.
  func parts(_ inputs: [KerasInput]) throws(ModelFileError.Problem) -> [KerasPart] {
    if name == "getitem", inputs.count == 1 {
      if let parts = try sliced(inputs[0], slices) { return parts }
      return [try channelsReversed(inputs[0])]
    }
    if name == "mean", inputs.count == 1, let pool = mean(inputs[0]) { return [KerasPart(pool)] }
    if let parts = try shaped(inputs) { return parts }
    if let parts = try arrays(inputs) { return parts }
    if let parts = try kerasLayer(inputs) { return parts }
    return try layers(inputs).map { KerasPart($0) }
  }

  private func layers(_ inputs: [KerasInput]) throws(ModelFileError.Problem) -> [any KerasLayer] {
    if name == "truedivide" || name == "divide", operands.count == 2, inputs.count == 1, operands[0] != nil {
      let numbers = try Self.numbers(operands[0] ?? .null, axes: inputs[0].rank + 1)
      guard numbers.count == 1, options.isEmpty else { throw unsupported }
      return [FunctionLayer(.reciprocal), Rescaling(numbers)]
    }
    if let chain = chain(inputs) { return chain }
    return [try layer(inputs)]
  }

  /// The layers whose functions make up that of the operation, one applied to the other; `nil` for another operation.
  private func chain(_ inputs: [KerasInput]) -> [any KerasLayer]? {
    let constant = operands.compactMap { $0 }.first
    if name == "power", operands.count == 2, operands[0] == nil, options.isEmpty {
      switch constant {
      case 4: return [FunctionLayer(.squared), FunctionLayer(.squared)]
      case -2: return [FunctionLayer(.squared), FunctionLayer(.reciprocal)]
      case .number(-0.5)?: return [FunctionLayer(.squareRoot), FunctionLayer(.reciprocal)]
      default: return nil
      }
    }
    guard operands.count == 1, options.isEmpty else { return nil }
    switch name {
    case "rsqrt": return [FunctionLayer(.squareRoot), FunctionLayer(.reciprocal)]
    case "log2": return [FunctionLayer(.logarithm), Rescaling(1 / Self.naturalLogOf2)]
    case "log10": return [FunctionLayer(.logarithm), Rescaling(1 / Self.naturalLogOf10)]
    case "exp2": return [Rescaling(Self.naturalLogOf2), ActivationLayer(.exponential)]
    default: return nil
    }
  }

  private static let (naturalLogOf2, naturalLogOf10): (Float, Float) = (0.693147181, 2.302585093)

  /// The functions of one value that Keras has no layer for.
  private static let elementFunctions: [String: ElementFunction] = [
    "sqrt": .squareRoot, "square": .squared, "absolute": .absolute, "abs": .absolute, "log": .logarithm,
    "reciprocal": .reciprocal, "sin": .mapped(.sine), "cos": .mapped(.cosine), "arctan": .mapped(.arctangent),
    "erf": .mapped(.errorFunction), "sign": .mapped(.sign), "floor": .mapped(.floor), "ceil": .mapped(.ceiling),
  ]

  /// The function of one value that an operation with numbers is; `nil` for another operation.
  private func function(_ inputs: [KerasInput]) throws(ModelFileError.Problem) -> (any KerasLayer)? {
    guard inputs.count == 1 else { return nil }
    func number(_ value: JSON?) -> Float? {
      if case .number(let number) = value, Float(number).isFinite { Float(number) } else { nil }
    }
    let constant = operands.compactMap { $0 }.first
    switch name {
    case "round":
      guard operands.count == 1, options.allSatisfy({ $0.key == "decimals" && $0.value == 0 }) else { return nil }
      return FunctionLayer(.mapped(.rounded))
    case "clip":
      let bounds = [options["x_min"], options["x_max"]].map(number)
      guard let low = bounds[0], let high = bounds[1], low <= high, operands.count == 1, options.count == 2 else {
        return nil
      }
      return FunctionLayer(.clip(low: low, high: high))
    case "maximum", "minimum":
      guard operands.count == 2, options.isEmpty, let bound = number(constant) else { return nil }
      let most = Float.greatestFiniteMagnitude
      return FunctionLayer(name == "maximum" ? .clip(low: bound, high: most) : .clip(low: -most, high: bound))
    case "power":
      guard operands.count == 2, operands[0] == nil, options.isEmpty else { return nil }
      let powers: [Double: ElementFunction] = [2: .squared, 3: .cubed, 0.5: .squareRoot, -1: .reciprocal]
      guard case .number(let exponent) = constant, Float(exponent).isFinite else { return nil }
      return FunctionLayer(powers[exponent] ?? .power(Float(exponent)))
    case "leakyrelu":
      guard operands.count == 1, options.count <= 1, let slope = number(options["negative_slope"] ?? .number(0.2))
      else { return nil }
      return ActivationLayer(.leakyReLU(slope: slope))
    case "cast":
      // Other types than these would round or cut the numbers.
      guard operands.count == 1, options.count == 1, ["float32", "float64"].contains(options["dtype"]) else {
        return nil
      }
      return ActivationLayer(.linear)
    case "gelu":
      // Keras's function approximates, its activation does not.
      let approximates = options["approximate"] ?? true
      guard operands.count == 1, options.keys.allSatisfy({ $0 == "approximate" }) else { return nil }
      if approximates == true { return FunctionLayer(.activation(.tanhGELU)) }
      return approximates == false ? ActivationLayer(.gelu) : nil
    default:
      guard operands.count == 1, options.isEmpty, let function = Self.elementFunctions[name] else { return nil }
      return FunctionLayer(function)
    }
  }

  private func layer(_ inputs: [KerasInput]) throws(ModelFileError.Problem) -> any KerasLayer {
    if let function = try function(inputs) { return function }
    var options = options
    // The functions of an axis have the last one by default. Features are last in all that is read.
    let defaults: [(String, JSON)] = [
      ("axis", -1), ("alpha", 1), ("data_format", "NHWC"), ("b", 4), ("threshold", .number(0.5)),
    ]
    for (key, value) in defaults where options[key] == value { options[key] = nil }
    if let (key, value) = options.min(by: { $0.key < $1.key }) {
      throw .unsupported(found: "the operation \(name) with \(key) = \(value)", expected: "one without it")
    }
    if name == "addn", inputs.count >= 2, inputs.count == operands.count { return Add() }
    switch (operands.count, inputs.count) {
    case (1, 1):
      if name == "negative" { return Rescaling(-1) }
      guard let activation = Self.activations[name] else { throw unsupported }
      return ActivationLayer(activation)
    case (2, 1): return try arithmetic(on: inputs[0])
    case (2, 2):
      guard inputs[0].rank == inputs[1].rank else {
        throw .unsupported(
          found: "the operation \(name) of values of shape \(inputs[0].kerasShape) and \(inputs[1].kerasShape)",
          expected: "as many axes in both")
      }
      switch name {
      case "add": return Add()
      case "subtract": return Subtract()
      case "multiply": return Multiply()
      case "maximum": return Maximum()
      case "minimum": return Minimum()
      case "truedivide", "divide": return PairLayer(.divide)
      default: throw unsupported
      }
    default: throw unsupported
    }
  }

  private var unsupported: ModelFileError.Problem {
    .unsupported(
      found: "the operation \(name)\(operands.contains { $0 != nil } ? " with a number" : "")",
      expected: "sums, differences, products, quotients by a number, and the usual activations")
  }

  /// Arithmetic of a value and a number, or a number for each feature.
  private func arithmetic(on input: KerasInput) throws(ModelFileError.Problem) -> any KerasLayer {
    let isFirst = operands[0] != nil
    let numbers = try Self.numbers(operands[isFirst ? 0 : 1] ?? .null, axes: input.rank + 1)
    guard numbers.count == 1 || (!input.isPlane && input.image == nil) else {
      throw .unsupported(found: "a number for each feature here", expected: "one number")
    }
    switch (name, isFirst) {
    case ("add", _): return Rescaling([1], offset: numbers)
    case ("subtract", false): return Rescaling([1], offset: numbers.map { -$0 })
    case ("subtract", true): return Rescaling([-1], offset: numbers)
    case ("multiply", _): return Rescaling(numbers)
    case ("truedivide", false), ("divide", false): return Rescaling(numbers.map { 1 / $0 })
    default: throw unsupported
    }
  }

  /// - Parameter axes: how many a batch has; an array may have as many, of length 1 but for the last.
  private static func numbers(_ json: JSON, axes: Int) throws(ModelFileError.Problem) -> [Float] {
    // Keras 3 writes arrays of NumPy as objects.
    var json = json["config"]?["value"] ?? json
    for _ in 1..<max(axes, 1) {
      if let elements = json.elements, elements.count == 1, elements[0].elements != nil { json = elements[0] }
    }
    let elements = json.elements ?? [json]
    let numbers = elements.compactMap { if case .number(let number) = $0 { Float(number) } else { nil } }
    guard numbers.count == elements.count, !numbers.isEmpty, numbers.allSatisfy(\.isFinite) else {
      let found = json.elements.map { "\(counted($0.count, "element"))" } ?? "\(json)"
      throw .unsupported(found: "an operation with \(found)", expected: "a finite number, or a list of them")
    }
    return numbers
  }
}
