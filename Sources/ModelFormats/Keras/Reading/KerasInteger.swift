import Serialization

/// A type of whole numbers, which Keras computes with until a layer makes numbers of floating point of them.
///
/// Kilim has the same numbers as `Float`. It knows the type to refuse what gives others in Keras: numbers of 8 or 16 bits wrap
/// around, 200 + 100 is 44, and some layers cut fractions off. What each layer does was tried with Keras 3.15 on JAX and on
/// TensorFlow, and with Keras 2.
enum KerasInteger: String {
  case uint8, uint16, int8, int16, int32, int64

  /// The numbers that a type of 8 or 16 bits holds; `nil` for a larger type, which holds all that occur.
  fileprivate var range: ClosedRange<Double>? {
    switch self {
    case .uint8: 0...255
    case .uint16: 0...65535
    case .int8: -128...127
    case .int16: -32768...32767
    case .int32, .int64: nil
    }
  }

  /// The type of several values together; `nil` where one of them is of floating point, as all become then.
  fileprivate init?(of inputs: [KerasInput]) {
    let types = inputs.compactMap(\.integer)
    guard types.count == inputs.count, let type = types.first(where: { $0.range == nil }) ?? types.first else {
      return nil
    }
    self = type
  }

  fileprivate func refused(_ what: String) -> ModelFileError.Problem {
    .unsupported(
      found: "\(what) of whole numbers of type \(rawValue)", expected: "a Rescaling or a cast to float32 before it")
  }
}

extension KerasDescription.Member {
  /// The type of the whole numbers that the layer makes; `nil` for floating point.
  ///
  /// - Throws: the problem where Keras gives other numbers than for the same ones in floating point.
  func integer(after inputs: [KerasInput]) throws(ModelFileError.Problem) -> KerasInteger? {
    guard let type = KerasInteger(of: inputs) else { return nil }
    if let operation { return try operation.integer(type) }
    let inner = kerasClass == "TimeDistributed" ? self.options["layer"] : nil
    let name = inner?["class_name"]?.text ?? kerasClass
    let options = inner.map { $0["config"]?.members ?? [:] } ?? self.options
    let function = name == "Activation" ? options["activation"]?.text : nil
    let wraps = Self.wrapping.contains(name) || function.map { ["softmax", "log_softmax"].contains($0) } ?? false
    let interpolates = name == "UpSampling2D" && options["interpolation"] ?? "nearest" != "nearest"
    if interpolates || Self.cutting.contains(name) || type.range != nil && wraps { throw type.refused(name) }
    let keeps = function.map { ["linear", "relu", "relu6"].contains($0) } ?? Self.keeping.contains(name)
    return keeps || wraps ? type : nil
  }

  /// The classes that cut fractions off, or that compute in the type of their input.
  private static let cutting: Set<String> = [
    "LayerNormalization", "GroupNormalization", "RMSNormalization", "UnitNormalization", "AveragePooling1D",
    "AveragePooling2D", "AveragePooling3D", "GlobalAveragePooling1D", "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
  ]
  /// The classes whose sums, products or differences wrap around.
  private static let wrapping: Set<String> = [
    "Add", "Subtract", "Multiply", "Average", "Dot", "CustomScaleLayer", "Softmax", "Attention", "AdditiveAttention",
  ]
  /// The classes that choose or move numbers.
  private static let keeping: Set<String> = [
    "Flatten", "Reshape", "Permute", "RepeatVector", "Concatenate", "Maximum", "Minimum", "ReLU", "Masking",
    "Identity", "Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "GaussianNoise",
    "GaussianDropout", "AlphaDropout", "MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "GlobalMaxPooling1D",
    "GlobalMaxPooling2D", "GlobalMaxPooling3D", "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D", "Cropping1D",
    "Cropping2D", "Cropping3D", "UpSampling1D", "UpSampling2D", "UpSampling3D", "ActivityRegularization",
  ]
}

extension KerasOperation {
  /// The type of the whole numbers that the operation makes; `nil` for floating point.
  fileprivate func integer(_ type: KerasInteger) throws(ModelFileError.Problem) -> KerasInteger? {
    // A number of floating point makes such numbers of the others.
    if holdsFractions { return nil }
    let cuts =
      name == "rgbtograyscale" || name == "averagepool" || (name == "mean" && isOfTensorFlow)
      || (name == "resize" && !isOfTensorFlow && options["interpolation"] ?? "bilinear" != "nearest")
    guard !cuts else { throw type.refused("the operation \(name)") }
    if let range = type.range {
      let bounds = (operands.compactMap { $0 } + [options["x_min"], options["x_max"]].compactMap { $0 })
        .flatMap { $0.elements ?? [$0] }
      let fits = bounds.allSatisfy { if case .number(let bound) = $0 { range.contains(bound) } else { true } }
      guard !Self.wrapping.contains(name), fits || !Self.bounded.contains(name) else {
        throw type.refused("the operation \(name)")
      }
    }
    return Self.wrapping.contains(name) || Self.bounded.contains(name) || Self.keeping.contains(name) ? type : nil
  }

  private static let wrapping: Set<String> = [
    "add", "subtract", "multiply", "addn", "negative", "power", "square", "sum", "matmul", "hardtanh", "softmax",
    "logsoftmax",
  ]
  private static let bounded: Set<String> = ["maximum", "minimum", "clip"]
  private static let keeping: Set<String> = [
    "relu", "relu6", "abs", "absolute", "sign", "round", "max", "amax", "min", "amin", "copy", "getitem", "reshape",
    "squeeze", "expanddims", "transpose", "swapaxes", "moveaxis", "concatenate", "hstack", "stack", "unstack", "split",
    "flip", "repeat", "take", "tile", "pad", "roll", "depthtospace", "maxpool", "cropimages", "padimages",
  ]
}

extension JSON {
  /// Whether it is a number of floating point, `128.0` and not `128`, or a list with one.
  var holdsFractions: Bool {
    switch self {
    case .decimal: true
    case .number(let value): value != value.rounded()
    case .array(let values): values.contains(where: \.holdsFractions)
    // An array of NumPy says its type.
    case .object:
      self["config"]?["dtype"]?.text?.hasPrefix("float") ?? self["config"]?["value"]?.holdsFractions ?? false
    case .null, .bool, .string: false
    }
  }
}
