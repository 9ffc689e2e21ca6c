import Autograd

/// The sum of two values and the ReLU behind it, as one operation.
struct AdditionCall: PlanOperation {
  func run(_ inputs: [Variable<Float>], _ context: Context) -> [Variable<Float>] {
    let inputs = MergedInputs.aligned(inputs)
    return [inputs[0].addedReLU(inputs[1])]
  }
}
