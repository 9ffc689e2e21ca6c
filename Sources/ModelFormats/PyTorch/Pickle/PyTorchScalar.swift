import Serialization

/// The types of numbers that are read from files of PyTorch.
enum PyTorchScalar: String, CaseIterable {
  case float16, bfloat16, float32, float64
  case uint8, int8, int16, int32, int64
  case uint16, uint32, uint64
  /// A byte that is 0 or 1.
  case bool

  /// By the name of `torch.dtype`, or an older one: `torch.half` is `torch.float16`.
  init?(name: String) {
    let older: [String: PyTorchScalar] = [
      "half": .float16, "float": .float32, "double": .float64, "short": .int16, "int": .int32, "long": .int64,
    ]
    guard let scalar = PyTorchScalar(rawValue: name) ?? older[name] else { return nil }
    self = scalar
  }

  /// By the name of a class of storages without its ending: `Float` for `FloatStorage`.
  init?(storage: String) {
    let names: [String: PyTorchScalar] = [
      "Half": .float16, "BFloat16": .bfloat16, "Float": .float32, "Double": .float64, "Byte": .uint8, "Char": .int8,
      "Short": .int16, "Int": .int32, "Long": .int64, "Bool": .bool,
    ]
    guard let scalar = names[storage] else { return nil }
    self = scalar
  }

  /// How the numbers are stored.
  var storedType: StoredType {
    switch self {
    case .float16: .float16
    case .bfloat16: .bfloat16
    case .float32: .float32
    case .float64: .float64
    case .uint8, .bool: .uint8
    case .int8: .int8
    case .int16: .int16
    case .int32: .int32
    case .int64: .int64
    case .uint16: .uint16
    case .uint32: .uint32
    case .uint64: .uint64
    }
  }
}
