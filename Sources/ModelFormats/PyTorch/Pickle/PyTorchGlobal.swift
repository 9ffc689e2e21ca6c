/// A global that a pickle of PyTorch may name. Each has one meaning here, and nothing is imported or called.
enum PyTorchGlobal: Hashable {
  /// `collections.OrderedDict`
  case orderedDictionary
  /// `torch._utils._rebuild_tensor`, `_v2` and `_v3`: a tensor from a storage, an offset, lengths and strides.
  case rebuildTensor
  /// `torch._utils._rebuild_parameter`: a parameter from a tensor.
  case rebuildParameter
  /// `torch._tensor._rebuild_from_type_v2`: what another of these functions returns, with attributes.
  case rebuildFromType
  /// `torch.Tensor`, `torch.nn.parameter.Parameter`
  case tensorType
  /// `torch.Size`: a tuple.
  case size
  /// `torch.FloatStorage` and the like.
  case storage(PyTorchScalar)
  /// `torch.storage.UntypedStorage`
  case untypedStorage
  /// `torch.float32` and the like.
  case scalarType(PyTorchScalar)
  /// What stands beside the weights in checkpoints: an object without a meaning here.
  case other(String)

  /// Knows a global by its module and name; `nil` for all others.
  init?(module: String, name: String) {
    let full = "\(module).\(name)"
    if let global = Self.constructors[full] {
      self = global
    } else if Self.others.contains(full) {
      self = .other(full)
    } else if module == "torch", name.hasSuffix("Storage"),
      let scalar = PyTorchScalar(storage: String(name.dropLast("Storage".count)))
    {
      self = .storage(scalar)
    } else if module == "torch", let scalar = PyTorchScalar(name: name) {
      self = .scalarType(scalar)
    } else {
      return nil
    }
  }

  private static let constructors: [String: PyTorchGlobal] = [
    "collections.OrderedDict": .orderedDictionary,
    "torch._utils._rebuild_tensor": .rebuildTensor,
    "torch._utils._rebuild_tensor_v2": .rebuildTensor,
    "torch._utils._rebuild_tensor_v3": .rebuildTensor,
    "torch._utils._rebuild_parameter": .rebuildParameter,
    "torch._utils._rebuild_parameter_with_state": .rebuildParameter,
    "torch._tensor._rebuild_from_type_v2": .rebuildFromType,
    "torch.Tensor": .tensorType,
    "torch.nn.parameter.Parameter": .tensorType,
    "torch.Size": .size,
    "torch.storage.UntypedStorage": .untypedStorage,
  ]

  /// Options, best results and schedules of a training.
  private static let others: Set<String> = [
    "argparse.Namespace", "collections.Counter", "collections.defaultdict", "pathlib.PosixPath", "torch.device",
    "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar", "numpy.dtype", "_codecs.encode", "builtins.dict",
    "__builtin__.dict",
  ]
}

extension PyTorchGlobal: CustomStringConvertible {
  /// The global in words, for messages.
  var description: String {
    switch self {
    case .orderedDictionary: "OrderedDict"
    case .rebuildTensor, .rebuildParameter, .rebuildFromType: "a function that rebuilds tensors"
    case .tensorType: "the type of tensors"
    case .size: "torch.Size"
    case .storage, .untypedStorage: "the type of a storage"
    case .scalarType: "the type of a number"
    case .other(let name): name
    }
  }
}
