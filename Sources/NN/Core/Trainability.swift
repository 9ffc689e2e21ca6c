import Autograd

extension Layer {
  /// Whether all parameters of the layer and of the layers inside are trained.
  public var isTrainable: Bool {
    get {
      StoredProperties(of: self).parameters.allSatisfy(\.parameter.isTrainable)
        && children.allSatisfy(\.layer.isTrainable)
    }
    set {
      for (_, parameter) in StoredProperties(of: self).parameters { parameter.isTrainable = newValue }
      for (_, layer) in children { layer.isTrainable = newValue }
    }
  }
}
