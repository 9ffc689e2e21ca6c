import Autograd

extension Layer {
  /// Whether all parameters of the layer and of the layers inside are trained, but for constants that no training may change.
  public var isTrainable: Bool {
    get {
      StoredProperties(of: self).parameters.allSatisfy { $0.parameter.isTrainable || $0.parameter.isFixed }
        && children.allSatisfy(\.layer.isTrainable)
    }
    set {
      for (_, parameter) in StoredProperties(of: self).parameters { parameter.isTrainable = newValue }
      for (_, layer) in children { layer.isTrainable = newValue }
    }
  }
}
