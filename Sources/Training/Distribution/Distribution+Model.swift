import NN

extension Distribution {
  /// Gives the weights and the running statistics of rank 0's model to the models of the other ranks. `fit` does so by itself;
  /// this is for a program that changes a model on rank 0 alone, by loading a file for instance.
  ///
  /// - Throws: an error if a rank has another model, and the errors of the means of transport.
  public func share(_ model: any Layer) throws {
    let state = try leadersState { SavedState(values: [:], tensors: model.state) }
    try together { if !isLeader { try model.load(state: state.tensors) } }
  }
}
