import Tensor
import TestSupport
import Testing

/// A convolution with the normalization behind it as one operation, against the operations one by one in `Double`.
struct NormalizedConvolutionTests {
  @Test(arguments: items)
  func matchesTheOperationsOneByOne(item: NormalizedConvolutionItem) { item.check() }

  /// The set of kernels is chosen once in a process.
  @Test(arguments: ["avx2", "portable"])
  func otherKernelsMatch(name: String) async {
    await #expect(processExitsWith: .success) { [name] in
      useKernels(named: name)
      for item in items { item.check() }
    }
  }

  @Test(arguments: items)
  func bitsDoNotDependOnTheNumberOfThreads(item: NormalizedConvolutionItem) {
    let results = resultsOnEveryThreadCount { item.found.map(\.scalars) }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  /// An algorithm that cannot measure its results, or use their gradient block by block, gives the bits of the operations one
  /// after the other.
  @Test func winogradGivesTheBitsOfTheOperations() {
    let item = NormalizedConvolutionItem(
      input: [3, 20, 13, 14], weight: [24, 20, 3, 3], window: Window(3, padding: .same), isExact: false)
    let operands = item.operands
    let (x, weight) = (operands.x.toFloat(), operands.weight.toFloat())
    let plain = FusedConvolution(input: x.shape, weight: weight.shape, window: item.window)
    guard let plain else { return #expect(Bool(false), "there is no algorithm") }
    let y = plain.output(x, filters: plain.prepare(weight, isKept: false), bias: nil, epilogue: ConvolutionEpilogue())
    let normal = ActiveNormalization(
      y.values, by: nil, scale: operands.scale.toFloat(), shift: operands.shift.toFloat(), epsilon: item.epsilon,
      activation: item.activation)
    guard let normal else { return #expect(Bool(false), "there is no pass") }
    let gradient = normal.gradient(operands.gradient.toFloat(), result: nil).normalization
    let own = plain.gradients(gradient.input, places: nil, input: x, weight: weight, needsInput: true)
    let expected = [
      normal.output(adding: nil), own.input ?? x, own.weight, own.bias, gradient.scale, gradient.shift,
    ]
    #expect(zip(item.found, expected).allSatisfy { $0.scalars == $1.scalars })
  }

  @Test func emptyBatchesHaveNone() {
    let item = NormalizedConvolutionItem(input: [0, 4, 5, 5], weight: [6, 4, 1, 1], window: Window(1))
    #expect(item.joined == nil)
  }
}

/// Pixels by themselves, with few and many of them, and more weights than can be summed in several groups; one filter for each
/// channel, with strides, gaps and windows beyond the image; and all else.
private let items = [
  NormalizedConvolutionItem(input: [2, 5, 4, 3], weight: [7, 5, 1, 1], window: Window(1)),
  NormalizedConvolutionItem(input: [3, 33, 25, 31], weight: [70, 33, 1, 1], window: Window(1), hasBias: true),
  NormalizedConvolutionItem(
    input: [4, 16, 32, 32], weight: [96, 16, 1, 1], window: Window(1), activation: .boundedReLU(maximum: 0.7)),
  NormalizedConvolutionItem(input: [4, 96, 32, 17], weight: [1, 96, 1, 1], window: Window(1), activation: .silu),
  NormalizedConvolutionItem(input: [3, 65, 33, 32], weight: [64, 65, 1, 1], window: Window(1), adds: true),
  NormalizedConvolutionItem(
    input: [3, 24, 33, 32], weight: [24, 24, 1, 1], window: Window(1), activation: .linear, adds: true),
  NormalizedConvolutionItem(input: [4, 20, 30, 32], weight: [40, 20, 1, 1], window: Window(1), usesBatch: false),
  NormalizedConvolutionItem(input: [4, 20, 30, 32], weight: [40, 20, 1, 1], window: Window(1), needsInput: false),
  NormalizedConvolutionItem(input: [5, 300, 8, 9], weight: [260, 300, 1, 1], window: Window(1)),
  NormalizedConvolutionItem(input: [2, 12, 17, 15], weight: [18, 12, 1, 1], window: Window(1, stride: 2)),
  NormalizedConvolutionItem(input: [1, 3, 5, 5], weight: [3, 1, 3, 3], window: Window(3, padding: .same), groups: 3),
  NormalizedConvolutionItem(
    input: [2, 40, 31, 30], weight: [40, 1, 3, 3], window: Window(3, padding: .same), groups: 40, hasBias: true),
  NormalizedConvolutionItem(
    input: [17, 9, 14, 13], weight: [9, 1, 3, 3], window: Window(3, stride: 2, padding: .same), groups: 9,
    activation: .hardSiLU),
  NormalizedConvolutionItem(
    input: [2, 70, 40, 41], weight: [70, 1, 5, 5], window: Window(5, padding: .same), groups: 70, activation: .silu),
  NormalizedConvolutionItem(
    input: [3, 8, 19, 20], weight: [8, 1, 3, 3], window: Window(3, dilation: 3, padding: .same), groups: 8),
  NormalizedConvolutionItem(input: [2, 6, 23, 22], weight: [6, 1, 2, 2], window: Window(2, stride: 5), groups: 6),
  NormalizedConvolutionItem(
    input: [2, 33, 12, 10], weight: [33, 1, 7, 7], window: Window(7, padding: .same), groups: 33, needsInput: false),
  NormalizedConvolutionItem(
    input: [2, 150, 60, 56], weight: [150, 1, 3, 3], window: Window(3, padding: .same), groups: 150, adds: true,
    usesBatch: false),
  NormalizedConvolutionItem(
    input: [2, 3, 31, 33], weight: [20, 3, 3, 3], window: Window(3, stride: 2, padding: .same)),
  NormalizedConvolutionItem(
    input: [2, 12, 14, 15], weight: [8, 6, 3, 3], window: Window(3, padding: .same), groups: 2),
]

struct NormalizedConvolutionItem: CustomStringConvertible, Sendable {
  let input, weight: Shape
  let window: Window
  var groups = 1
  var activation = NormalizedActivation.relu
  var adds = false
  var usesBatch = true
  var hasBias = false
  var needsInput = true
  var isExact = true
  let epsilon: Float = 0.01

  var description: String {
    "\(input) by \(weight), stride \(window.stride), groups \(groups), \(activation)\(adds ? ", adds" : "")"
  }

  typealias Operands = (
    x: Tensor<Double>, weight: Tensor<Double>, bias: Tensor<Double>?, scale: Tensor<Double>, shift: Tensor<Double>,
    addend: Tensor<Double>?, gradient: Tensor<Double>, fixed: ChannelStatistics<Double>?
  )

  var operands: Operands {
    let outputs: Shape = [weight[0]]
    let (x, filters): (Tensor<Double>, Tensor<Double>) = (sample(input), sample(weight, seed: 2))
    let result = x.convolution2D(filters, window: window, groups: groups).shape
    let fixed = ChannelStatistics<Double>(
      mean: sample(outputs, seed: 8), variance: sample(outputs, seed: 9).squared() + 2)
    var operands: Operands = (
      x, filters, hasBias ? sample(outputs, seed: 3) : nil, sample(outputs, seed: 4) + 1.5, sample(outputs, seed: 5),
      adds ? sample(result, seed: 6) : nil, sample(result, seed: 7), usesBatch ? nil : fixed
    )
    // Near a corner of the activation, rounding decides whether a gradient passes: there is none.
    let z = argument(operands).z
    for corner in [0, 0.7, -3, 3] {
      operands.gradient = operands.gradient.replacing(with: 0, where: (z - corner).squared() .< 1e-6)
    }
    return operands
  }

  /// The result of the convolution, its statistics, and the argument of the activation.
  private func argument(
    _ operands: Operands
  ) -> (y: Tensor<Double>, statistics: ChannelStatistics<Double>, z: Tensor<Double>) {
    let y = operands.x.convolution2D(operands.weight, bias: operands.bias, window: window, groups: groups)
    let statistics = operands.fixed ?? y.channelStatistics()
    let normal = y.normalized(
      by: statistics, scale: operands.scale, shift: operands.shift, epsilon: Double(epsilon))
    return (y, statistics, operands.addend.map { normal + $0 } ?? normal)
  }

  /// `nil` if there is no such operation.
  var joined: NormalizedConvolution? {
    let operands = operands
    var call = FastConvolutionCall(
      weight: operands.weight.toFloat(), bias: operands.bias?.toFloat(), window: window, groups: groups,
      isExact: isExact)
    call.needsInputGradient = needsInput
    let fixed = operands.fixed.map { ChannelStatistics(mean: $0.mean.toFloat(), variance: $0.variance.toFloat()) }
    return NormalizedConvolution(
      operands.x.toFloat(), call, by: fixed, scale: operands.scale.toFloat(), shift: operands.shift.toFloat(),
      epsilon: epsilon, activation: activation)
  }

  /// The result, and the gradients of input, weight, bias, scale, shift and addend.
  var found: [Tensor<Float>] {
    guard let joined else { stop("\(self): there is no operation") }
    let operands = operands
    let output = joined.output(adding: operands.addend?.toFloat())
    let gradients = joined.gradients(operands.gradient.toFloat(), result: adds ? output : nil)
    return [output] + [gradients.input].compactMap(\.self)
      + [gradients.weight, gradients.bias, gradients.scale, gradients.shift]
      + [gradients.addend].compactMap(\.self)
  }

  private var expected: [Tensor<Double>] {
    let operands = operands
    let (y, statistics, z) = argument(operands)
    let dz = activation.referenceGradient(operands.gradient, at: z)
    let batch = dz.batchNormalizationGradient(
      input: y, statistics: statistics, scale: operands.scale, epsilon: Double(epsilon))
    let factor = (operands.scale / (statistics.variance + Double(epsilon)).squareRoot()).reshaped(to: [weight[0], 1, 1])
    let dy = usesBatch ? batch.input : dz * factor
    let inputGradient = dy.convolution2DInputGradient(
      operands.weight, inputShape: input, window: window, groups: groups)
    let weightGradient = dy.convolution2DWeightGradient(
      operands.x, weightShape: weight, window: window, groups: groups)
    return [activation.reference(z)] + (needsInput ? [inputGradient] : [])
      + [weightGradient, dy.channelSums(), batch.scale, batch.shift] + (adds ? [dz] : [])
  }

  /// Stops where a result is off.
  func check() {
    for (index, (found, expected)) in zip(found, expected).enumerated() {
      // A sum of n products below 1 in size has an error of a few √n units of 2⁻²⁴, in blocks.
      let size = Swift.max(expected.scalars.map(\.magnitude).max() ?? 1, 1)
      let error = deviation(found * Float(1 / size), from: (expected * (1 / size)).toFloat())
      require(error < 1e-4, "\(Kernels.instructionSet), \(self), result \(index): \(error)")
    }
  }
}
