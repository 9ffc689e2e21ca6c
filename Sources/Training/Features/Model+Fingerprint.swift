import NN
import Serialization
import Tensor

extension Model {
  /// A checksum of the layers, their options and connections, and of all parameters and buffers. Goes through all weights.
  var fingerprint: UInt64 {
    // The properties of a container follow from its layers, which the summary shows with their connections.
    let layers = layersByPath.map { path, layer in
      "\(path): " + (layer is Model ? "\(type(of: layer))" : storedValues(of: layer))
    }
    let text = layers.joined(separator: "\n") + "\n" + summary()
    var hash = Array(text.utf8).withUnsafeBytes { xxh64($0) }
    for (name, value) in state.sorted(by: { $0.key < $1.key }) {
      hash = Array(name.utf8).withUnsafeBytes { xxh64($0, seed: hash) }
      hash = value.contiguous().withUnsafeScalars { xxh64(UnsafeRawBufferPointer($0), seed: hash) }
    }
    return hash
  }
}
