import Serialization

/// What the few globals of state dicts make of their arguments.
extension PickleReader {
  /// - Parameter call: a global and a tuple of arguments.
  mutating func construct(_ call: [PickleValue]) throws -> PickleValue {
    guard case .global(let global) = call[0], case .tuple(let index) = call[1] else {
      throw error(.unsupported(found: "a call of \(call[0])", expected: "a constructor that state dicts need"))
    }
    return try construct(global, heap.tuples[index])
  }

  private mutating func construct(_ global: PyTorchGlobal, _ arguments: [PickleValue]) throws -> PickleValue {
    switch global {
    case .orderedDictionary: return try orderedDictionary(arguments)
    case .rebuildTensor: return try tensor(arguments)
    case .rebuildParameter:
      guard case .tensor? = arguments.first else { throw damaged("a parameter is made of no tensor") }
      return arguments[0]
    case .rebuildFromType:
      // The function, the type of the result, the arguments of the function, and attributes, which are left out.
      guard arguments.count == 4, case .global(let function) = arguments[0],
        [.rebuildTensor, .rebuildParameter].contains(function), case .global(.tensorType) = arguments[1],
        case .tuple(let index) = arguments[2]
      else { throw damaged("a tensor with attributes is made of \(described(arguments))") }
      return try construct(function, heap.tuples[index])
    case .size:
      guard arguments.count == 1, case .tuple = arguments[0] else {
        throw damaged("torch.Size is made of \(described(arguments))")
      }
      return arguments[0]
    case .other: return .other
    case .tensorType, .storage, .untypedStorage, .scalarType:
      throw error(.unsupported(found: "a call of \(global)", expected: "a constructor that state dicts need"))
    }
  }

  /// Attributes of an object: PyTorch gives a state dict the versions of its modules. They are left out.
  mutating func build(_ attributes: PickleValue) throws {
    switch stack.last {
    case .dictionary, .other: break
    case let value:
      throw error(
        .unsupported(
          found: "attributes of \(value.map { "\($0)" } ?? "nothing")", expected: "attributes of a dictionary"))
    }
  }

  /// Without arguments, or with a list of pairs as Python 2 writes it.
  private mutating func orderedDictionary(_ arguments: [PickleValue]) throws -> PickleValue {
    guard let list = arguments.first else { return dictionary([]) }
    let elements = heap.elements(of: list) ?? []
    // One list may be used many times: the copies together are not longer than the file.
    copiedPairCount += elements.count
    guard copiedPairCount <= source.bytes.count else { throw damaged("one list is made into many dictionaries") }
    let pairs = elements.compactMap { heap.elements(of: $0) }.filter { $0.count == 2 }
    guard arguments.count == 1, pairs.count == elements.count else {
      throw damaged("OrderedDict is made of \(described(arguments))")
    }
    return dictionary(pairs.map { (key: $0[0], value: $0[1]) })
  }

  /// `("storage", type, key, device, count)`, and in the oldest files a part of a storage, `(key, offset, count)`. Bytes
  /// without a type, which came later, have no parts.
  mutating func storage(_ id: PickleValue) throws -> PickleValue {
    let parts = heap.elements(of: id) ?? []
    if case .text("module")? = parts.first {
      throw error(
        .unsupported(
          found: "a module with its source text",
          expected: "a state dict. In PyTorch, use torch.save(model.state_dict(), path)"))
    }
    guard parts.count >= 5, case .text("storage") = parts[0], case .global(let type) = parts[1],
      case .text(let key) = parts[2], case .integer(let count) = parts[4], count >= 0
    else { throw damaged("a storage is described by \(described(parts))") }
    var storage: PyTorchStorage
    switch type {
    case .storage(let scalar): storage = PyTorchStorage(key: key, scalar: scalar, count: count)
    case .untypedStorage: storage = PyTorchStorage(key: key, scalar: nil, count: count)
    default: throw damaged("a storage is described by \(described(parts))")
    }
    if parts.count > 5, let view = heap.elements(of: parts[5]) {
      guard storage.scalar != nil, view.count == 3, case .integer(let offset) = view[1],
        case .integer(let length) = view[2], offset >= 0, length >= 0, offset <= count, length <= count - offset
      else { throw damaged("a part of a storage is described by \(described(view))") }
      storage.part = offset..<offset + length
    }
    heap.storages.append(storage)
    return .storage(heap.storages.count - 1)
  }

  /// `(storage, offset, lengths, strides, …)`; the third form has the type of the numbers as its seventh argument.
  private mutating func tensor(_ arguments: [PickleValue]) throws -> PickleValue {
    guard arguments.count >= 4, case .storage(let storage) = arguments[0], case .integer(let offset) = arguments[1],
      let lengths = heap.integers(in: arguments[2]), let strides = heap.integers(in: arguments[3])
    else { throw damaged("a tensor is made of \(described(arguments))") }
    var scalar = heap.storages[storage].scalar
    if arguments.count > 6, case .global(.scalarType(let named)) = arguments[6] { scalar = named }
    guard let scalar else { throw damaged("a tensor of bytes does not say what its numbers are") }
    do throws(ModelFileError.Problem) {
      heap.tensors.append(
        try PyTorchView(
          storage: heap.storages[storage], scalar: scalar, offset: offset, lengths: lengths, strides: strides))
    } catch {
      throw self.error(error)
    }
    return .tensor(heap.tensors.count - 1)
  }

  private func described(_ values: [PickleValue]) -> String {
    let shown = values.prefix(8).map(\.description).joined(separator: ", ")
    return values.isEmpty ? "nothing" : values.count > 8 ? "\(shown), …" : shown
  }
}
