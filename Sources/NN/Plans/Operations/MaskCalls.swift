import Autograd
import Tensor

/// A layer that uses the masks of its inputs. They are further values that the step takes, behind the inputs: 1 for a place
/// that counts, 0 for another.
struct MaskedCall: PlanOperation {
  let layer: any MaskedLayer
  /// Whether each input has a mask.
  let hasMask: [Bool]
  /// See ``Graph/Call/training``.
  let training: Bool?

  func run(_ inputs: [Variable<Float>], _ context: Context) -> [Variable<Float>] {
    let (values, masks) = split(inputs, hasMask)
    guard let training else { return layer.outputs(of: values, masks: masks, context) }
    return context.withTraining(training) { layer.outputs(of: values, masks: masks, $0) }
  }
}

/// The mask that a layer makes, as a value of a plan.
struct MaskMaking: PlanOperation {
  let layer: any MaskedLayer
  let hasMask: [Bool]

  func run(_ inputs: [Variable<Float>], _ context: Context) -> [Variable<Float>] {
    let (values, masks) = split(inputs, hasMask)
    return [Variable(layer.makeMask(of: values, masks: masks).numbers)]
  }
}

private func split(
  _ inputs: [Variable<Float>], _ hasMask: [Bool]
) -> (values: [Variable<Float>], masks: [Tensor<Bool>?]) {
  var given = inputs.dropFirst(hasMask.count)
  return (Array(inputs.prefix(hasMask.count)), hasMask.map { $0 ? given.popFirst()?.value.truths : nil })
}
