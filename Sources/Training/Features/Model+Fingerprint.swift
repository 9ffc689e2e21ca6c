import NN
import Serialization
import Tensor

extension Model {
  /// A checksum of the layers, their options and connections, and of all parameters and buffers. Goes through all weights.
  var fingerprint: UInt64 {
    let layers = layersByPath.map { path, layer in
      guard let model = layer as? Model else { return "\(path): \(storedValues(of: layer))" }
      // The properties of a container follow from its layers and their connections. The summary shows those of the whole, and the
      // layers of a chain stand in their order.
      let isShown = path.isEmpty || model is Sequential
      return "\(path): \(type(of: model))" + (isShown ? "" : " \(model.connections)")
    }
    let text = layers.joined(separator: "\n") + "\n" + summary()
    return checksumOfState(seed: Array(text.utf8).withUnsafeBytes { xxh64($0) })
  }
}

extension Layer {
  /// A checksum of the values of all parameters and buffers that any file keeps, whatever their names and their order are in it.
  /// Values that are all 0 or all 1 do not count: some files have them where a layer has no offset or no scale.
  var checksumOfValues: UInt64 {
    state.values.reduce(0) { sum, tensor in
      tensor.contiguous().withUnsafeScalars { values in
        guard let first = values.first, first != 0 && first != 1 || values.contains(where: { $0 != first }) else {
          return sum
        }
        return sum &+ xxh64(UnsafeRawBufferPointer(values))
      }
    }
  }

  /// XXH64 over the names and values of all parameters and buffers.
  func checksumOfState(seed: UInt64) -> UInt64 {
    state.sorted { $0.key < $1.key }.reduce(seed) { hash, entry in
      let named = Array(entry.key.utf8).withUnsafeBytes { xxh64($0, seed: hash) }
      return entry.value.contiguous().withUnsafeScalars { xxh64(UnsafeRawBufferPointer($0), seed: named) }
    }
  }
}
