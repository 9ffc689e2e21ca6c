import NN

extension Distribution {
  /// Gives the weights, the running statistics and the metadata of rank 0's model to the models of the other ranks: class names,
  /// preprocessing and all else that a model file keeps. `fit` does so by itself; this is for a program that changes a model on
  /// rank 0 alone, by loading a file for instance.
  ///
  /// - Throws: an error if a rank has another model, and the errors of the means of transport.
  public func share(_ model: any Layer) throws {
    let state = try leadersState {
      var state = SavedState(values: [:], tensors: model.state)
      if let model = model as? Model { try state.set(model.metadata, for: modelMetadataKey) }
      return state
    }
    try together {
      guard !isLeader else { return }
      let metadata = try state.metadataOfModel
      try model.load(state: state.tensors)
      (model as? Model)?.metadata = metadata
    }
  }
}
