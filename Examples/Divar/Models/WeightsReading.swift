import Kilim

extension Model {
  /// Sets the weights from a file that holds nothing else.
  ///
  /// - Parameters:
  ///   - byOrder: whether layers with other names than in PyTorch are matched by their order.
  /// - Returns: what the user should know of the file.
  /// - Throws: `StateError` or `PyTorchMatchingError` if the weights do not fit, and the errors of the readers.
  func load(weights path: String, format: ModelFileFormat, byOrder: Bool) throws -> [String] {
    switch format {
    case .hdf5Weights: try loadWeights(from: path)
    case .npz: try load(state: NPZ(contentsOf: path).tensors)
    case .pyTorch: return try load(pyTorchFile: path, byOrder: byOrder)
    default:
      let tensors = try Safetensors(contentsOf: path).tensors
      if try isCheckpoint(path) {
        try load(checkpoint: path)
      } else if state.keys.allSatisfy({ tensors[$0] != nil }) {
        try load(state: tensors)
      } else {
        // The names are not Kilim's own. A file of this format keeps no order.
        try load(pyTorch: TimmNames.translated(tensors))
      }
    }
    return []
  }

  private func load(pyTorchFile path: String, byOrder: Bool) throws -> [String] {
    let file = try PyTorchFile(contentsOf: path)
    if byOrder {
      try load(pyTorch: file.tensors, matching: .order(file.names))
    } else {
      try load(pyTorch: TimmNames.translated(file.tensors))
    }
    guard !file.skipped.isEmpty else { return [] }
    let place = file.key.isEmpty ? "" : " from \(file.key.withoutControls)"
    return ["read the weights\(place), and not \(file.skipped.map(\.withoutControls).joined(separator: ", "))"]
  }
}
