import Serialization

/// A function of TensorFlow in a graph of tf.keras 2, such as `tf.concat`, as the operation of Keras 3 that does the same.
struct TensorFlowFunction {
  /// Keras 3's name in small letters; for an unknown function its own, `tf.math.sin`.
  private(set) var name: String
  /// The operands, and the options by Keras 3's names.
  private(set) var operands: [JSON?]
  private(set) var options: [String: JSON]

  /// - Parameters:
  ///   - function: its name without `tf.`, such as `math.add`.
  ///   - operands: the constants that it is given; `nil` for a value.
  ///   - options: its arguments.
  init(_ function: String, _ operands: [JSON?], _ options: [String: JSON]) {
    (self.operands, self.options) = (operands, options)
    name = Self.names[function] ?? "tf.\(function)"
    for (theirs, ours) in Self.optionNames[name] ?? [:] { rename(theirs, to: ours) }
    translateValues()
  }

  private mutating func rename(_ theirs: String, to ours: String) {
    guard let value = options.removeValue(forKey: theirs) else { return }
    options[ours] = value
  }

  /// Options that have other values or defaults in Keras 3.
  private mutating func translateValues() {
    func drop(_ key: String, where usual: JSON) { if options[key] == usual { options[key] = nil } }
    if Self.namesWithFirstAxis.contains(name) { options["axis"] = options["axis"] ?? 0 }
    switch name {
    case "gelu": options["approximate"] = options["approximate"] ?? false
    case "transpose": drop("conjugate", where: false)
    case "norm": drop("ord", where: "euclidean")
    case "resize":
      drop("antialias", where: false)
      drop("preserve_aspect_ratio", where: false)
    case "pad": if options["mode"] == "CONSTANT" { options["mode"] = "constant" }
    case "maxpool", "averagepool":
      if let padding = options["padding"]?.text { options["padding"] = .string(padding.lowercased()) }
      if options["data_format"] == "NHWC" { options["data_format"] = "channels_last" }
    case "normalize":
      // x / √max(Σ x², ε), where Keras has x / max(√Σ x², ε).
      if case .number(let epsilon) = options["epsilon"] ?? .number(1e-12) {
        options["epsilon"] = .number(epsilon.squareRoot())
      }
    case "take":
      if let places = options.removeValue(forKey: "indices") { operands.append(places) }
      drop("batch_dims", where: 0)
    case "split":
      // The sizes of the parts, where Keras has the places of the cuts.
      if let sizes = options["indices_or_sections"]?.elements {
        var end = 0.0
        options["indices_or_sections"] = .array(
          sizes.dropLast().map { size in
            if case .number(let size) = size { end += size } else { end = .nan }
            return .number(end)
          })
      }
    default: break
    }
  }

  /// Those that work along the first axis where none is named.
  private static let namesWithFirstAxis: Set<String> = ["stack", "concatenate", "split", "unstack"]

  /// The names of options in Keras 3, by the operation and TensorFlow's names.
  private static let optionNames: [String: [String: String]] = [
    "reshape": ["shape": "newshape"], "transpose": ["perm": "axes"], "leakyrelu": ["alpha": "negative_slope"],
    "clip": ["clip_value_min": "x_min", "clip_value_max": "x_max"], "resize": ["method": "interpolation"],
    "pad": ["paddings": "pad_width"], "tile": ["multiples": "repeats"],
    "split": ["num_or_size_splits": "indices_or_sections"], "maxpool": ["ksize": "pool_size"],
    "averagepool": ["ksize": "pool_size"],
  ]

  /// What functions are called in Keras 3, in small letters.
  private static let names: [String: String] = [
    "math.add": "add", "__operators__.add": "add", "add": "add", "math.add_n": "addn", "math.subtract": "subtract",
    "__operators__.sub": "subtract", "subtract": "subtract", "math.multiply": "multiply",
    "__operators__.mul": "multiply", "multiply": "multiply", "math.truediv": "truedivide",
    "__operators__.truediv": "truedivide", "math.divide": "truedivide", "divide": "truedivide",
    "math.maximum": "maximum", "maximum": "maximum", "math.minimum": "minimum", "minimum": "minimum",
    "math.negative": "negative", "nn.bias_add": "add", "math.pow": "power", "math.square": "square",
    "math.sqrt": "sqrt", "math.rsqrt": "rsqrt", "math.abs": "abs", "math.log": "log", "math.log1p": "log1p",
    "math.expm1": "expm1", "math.exp": "exp", "math.reciprocal": "reciprocal",
    "math.sin": "sin", "math.cos": "cos", "math.atan": "arctan", "math.erf": "erf", "math.sign": "sign",
    "math.floor": "floor", "math.ceil": "ceil", "math.round": "round", "round": "round", "clip_by_value": "clip",
    "nn.relu": "relu", "nn.relu6": "relu6", "nn.sigmoid": "sigmoid", "math.sigmoid": "sigmoid", "sigmoid": "sigmoid",
    "nn.tanh": "tanh", "math.tanh": "tanh", "tanh": "tanh", "nn.softmax": "softmax", "nn.elu": "elu",
    "nn.selu": "selu", "nn.silu": "silu", "nn.swish": "silu", "nn.softplus": "softplus",
    "math.softplus": "softplus", "nn.softsign": "softsign", "math.softsign": "softsign",
    "nn.log_softmax": "logsoftmax", "nn.leaky_relu": "leakyrelu", "nn.gelu": "gelu",
    "math.reduce_mean": "mean", "reduce_mean": "mean", "math.reduce_sum": "sum", "math.reduce_max": "max",
    "math.reduce_min": "min", "math.reduce_std": "std", "math.reduce_variance": "var",
    "math.reduce_logsumexp": "logsumexp", "compat.v1.norm": "norm", "norm": "norm",
    "math.l2_normalize": "normalize", "cast": "cast", "identity": "copy", "reshape": "reshape",
    "concat": "concatenate", "stack": "stack", "unstack": "unstack", "split": "split", "expand_dims": "expanddims",
    "squeeze": "squeeze", "compat.v1.squeeze": "squeeze", "transpose": "transpose",
    "compat.v1.transpose": "transpose", "pad": "pad", "compat.v1.pad": "pad", "tile": "tile", "repeat": "repeat",
    "reverse": "flip", "gather": "take", "compat.v1.gather": "take", "linalg.matmul": "matmul",
    "nn.depth_to_space": "depthtospace", "nn.max_pool2d": "maxpool", "nn.avg_pool2d": "averagepool",
    "image.resize": "resize", "image.rgb_to_grayscale": "rgbtograyscale", "__operators__.getitem": "getitem",
  ]
}
