extension Layer {
  /// A second layer or model with the same structure, names, options and values, which is trained by itself.
  ///
  /// ```swift
  /// let teacher = try model.copy()
  /// ```
  ///
  /// Parameters and buffers keep their values, their constraints and what is frozen; the copy does not share them, so
  /// that training one side leaves the other as it is. Memory is taken when one side changes a value. A layer that
  /// stands in several places of the original is one layer in the copy. A layer without parameters, buffers and inner
  /// layers is not copied: both sides have the same one, unless it implements ``makeCopy(_:)``.
  ///
  /// - Throws: ``CopyError`` naming the layer that does not say how it is copied, or whose copy is another layer.
  public func copy() throws -> Self {
    let copies = LayerCopies(of: self)
    let copy = try copies.layer(self)
    copies.copyTrainability()
    return copy
  }

  /// The layer itself where it has no parameters, buffers and inner layers.
  ///
  /// - Throws: ``CopyError`` for any other layer: it must implement this function.
  public func makeCopy(_ copies: LayerCopies) throws -> any Layer {
    let properties = StoredProperties(of: self)
    guard properties.parameters.isEmpty, properties.buffers.isEmpty, children.isEmpty else {
      throw copies.error(
        self,
        "write \"func makeCopy(_ copies: LayerCopies) throws -> any Layer\" in \(type(of: self)), which returns a new "
          + "layer with the same options")
    }
    return self
  }
}
