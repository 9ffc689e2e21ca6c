import Autograd
import NN
import Tensor

// What the gradients of the first step say of the model.
extension TrainingStep {
  /// The error for gradients of parameters to train that the model does not list; `nil` if it lists all.
  func unlistedParameters(of gradients: Gradients<Float>) -> FitError? {
    let listed = Set(parameters.map { ObjectIdentifier($0) })
    let others = gradients.parameters.filter { $0.isTrainable && !listed.contains(ObjectIdentifier($0)) }
    return others.isEmpty ? nil : .unlistedParameters(others.map(\.value.shape))
  }

  /// The warning of parameters to train that got no gradient; `nil` if there are none.
  func untrainedWarning(of gradients: Gradients<Float>) -> String? {
    let names = namedParameters.filter { $0.parameter.isTrainable && gradients[$0.parameter] == nil }.map(\.name)
    guard !names.isEmpty else { return nil }
    let list = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
    return "the loss of the first step does not depend on \(list), so this step does not train them. Usual reasons: "
      + "a call does not use the parameter, or reads parameter.value in place of context[parameter], or calls a layer "
      + "with a tensor. Set isTrainable = false for what is not to be trained"
  }
}
