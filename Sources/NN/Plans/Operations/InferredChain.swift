import Autograd
import Tensor

/// A depthwise convolution and the convolutions of single pixels before and behind it, which no gradient flows through: together
/// where that pays, otherwise one by one.
struct InferredChain: PlanOperation {
  let operations: [InferredConvolution]

  /// The result for the input of the first, and the tensor that the last adds if it does.
  func run(_ inputs: [Variable<Float>], _ context: Context) -> [Variable<Float>] {
    let (x, rest) = (inputs[0], inputs.dropFirst())
    let stages = stages(for: x.shape, adding: rest.first?.value)
    if let chain = DepthwiseChain(stages) { return [Variable(chain.output(x.value))] }
    if stages.count == operations.count { return [Variable(stages.reduce(x.value) { $1.output($0) })] }
    return operations.enumerated().reduce([x]) { values, step in
      step.element.run(values + (step.offset == operations.count - 1 ? rest : []), context)
    }
  }

  /// The stages, as far as all that is behind the convolutions is their epilogue.
  private func stages(for shape: Shape, adding addend: Tensor<Float>?) -> [ConvolutionStage] {
    var (stages, shape): ([ConvolutionStage], Shape) = ([], shape)
    for (index, operation) in operations.enumerated() {
      guard let stage = operation.stage(shape, adding: index == operations.count - 1 ? addend : nil) else { return [] }
      stages.append(stage)
      shape = stage.outputShape
    }
    return stages
  }
}
