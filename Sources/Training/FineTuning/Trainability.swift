import Autograd
import NN

/// Which layers and parameters of a model are trained, to be restored later.
struct Trainability {
  private let layers: [(layer: any Layer, isTrainable: Bool)]
  private let parameters: [(parameter: Parameter, isTrainable: Bool)]

  init(of model: any Layer) {
    layers = model.layersByPath.map { ($0.layer, $0.layer.isTrainable) }
    parameters = model.parameters.map { ($0, $0.isTrainable) }
  }

  /// Sets everything as it was: a layer before those inside it, which may differ from it.
  func restore() {
    for (layer, isTrainable) in layers where layer.isTrainable != isTrainable { layer.isTrainable = isTrainable }
    for (parameter, isTrainable) in parameters where parameter.isTrainable != isTrainable {
      parameter.isTrainable = isTrainable
    }
  }
}
