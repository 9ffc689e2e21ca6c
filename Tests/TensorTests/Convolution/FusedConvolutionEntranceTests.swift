import Tensor
import TestSupport
import Testing

/// Tensors of other shapes than the algorithm was made for must not reach its kernels, which read by address.
struct FusedConvolutionEntranceTests {
  private static let window = Window(3, padding: .same)

  /// An algorithm of each kind: Winograd's, shallow, direct, depthwise.
  private static func algorithm(_ kind: Int) -> (fused: FusedConvolution, input: Shape, weight: Shape, needsInput: Bool)
  {
    let (input, weight): (Shape, Shape) = [
      ([2, 16, 8, 8], [16, 16, 3, 3]), ([2, 3, 8, 8], [16, 3, 3, 3]), ([2, 3, 8, 8], [16, 3, 3, 3]),
      ([2, 16, 8, 8], [16, 1, 3, 3]),
    ][kind]
    let needsInput = kind == 0 || kind == 3
    let fused = FusedConvolution(
      input: input, weight: weight, window: window, groups: kind == 3 ? 16 : 1, needsInputGradient: needsInput,
      accuracy: kind == 2 ? .exact : .standard)
    guard let fused else { fatalError("no algorithm of kind \(kind)") }
    return (fused, input, weight, needsInput)
  }

  /// What is handed in with a wrong shape.
  enum Fault: CaseIterable, Codable {
    case input, smallerInput, weight, filters, filtersOfAnotherKind, bias, factor, shift, gradient, gradientInput
    case gradientWeight, places
  }

  @Test(arguments: Fault.allCases, 0..<4) func stopsAtOtherShapes(fault: Fault, kind: Int) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [fault, kind] in
      Self.commit(fault, kind)
    }
    expectMessage("Fatal error: convolution: ", in: result)
  }

  private static func commit(_ fault: Fault, _ kind: Int) {
    let (fused, inputShape, weightShape, needsInput) = algorithm(kind)
    let (x, w): (Tensor<Float>, Tensor<Float>) = (Tensor(zeros: inputShape), Tensor(zeros: weightShape))
    let bias = Tensor<Float>(zeros: [16])
    let filters = fused.prepare(w)
    let other = Tensor<Float>(zeros: weightShape.replacing(axis: 0, with: 8))
    func output(
      _ x: Tensor<Float>, _ filters: PreparedFilters, bias: Tensor<Float>, factor: Tensor<Float>,
      shift: Tensor<Float>, pools: Bool = false
    ) -> ConvolutionOutput {
      fused.output(
        x, filters: filters, bias: bias, epilogue: ConvolutionEpilogue(pools: pools, affine: (factor, shift)),
        keepsPlaces: true)
    }
    func gradients(_ gradient: Shape, _ places: PooledPlaces?, _ x: Tensor<Float>, _ w: Tensor<Float>) {
      _ = fused.gradients(Tensor(zeros: gradient), places: places, input: x, weight: w, needsInput: needsInput)
    }
    switch fault {
    case .input:
      _ = output(Tensor(zeros: inputShape.replacing(axis: 1, with: 2)), filters, bias: bias, factor: bias, shift: bias)
    case .smallerInput:
      _ = output(Tensor(zeros: inputShape.replacing(axis: 0, with: 1)), filters, bias: bias, factor: bias, shift: bias)
    case .weight: _ = fused.prepare(other)
    case .filters:
      let shape = weightShape.replacing(axis: 0, with: 48)
      let groups = kind == 3 ? 48 : 1
      let input = kind == 3 ? inputShape.replacing(axis: 1, with: 48) : inputShape
      let larger = FusedConvolution(
        input: input, weight: shape, window: window, groups: groups, needsInputGradient: needsInput,
        accuracy: kind == 2 ? .exact : .standard)
      guard let filters = larger?.prepare(Tensor(zeros: shape)) else { return }
      _ = output(x, filters, bias: bias, factor: bias, shift: bias)
    case .filtersOfAnotherKind:
      let (second, _, shape, _) = algorithm([3, 2, 1, 0][kind])
      _ = output(x, second.prepare(Tensor(zeros: shape)), bias: bias, factor: bias, shift: bias)
    case .bias: _ = output(x, filters, bias: Tensor(zeros: [15]), factor: bias, shift: bias)
    case .factor: _ = output(x, filters, bias: bias, factor: Tensor(zeros: [1]), shift: bias)
    case .shift: _ = output(x, filters, bias: bias, factor: bias, shift: Tensor(zeros: [16, 1]))
    case .gradient: gradients([2, 16, 8, 7], nil, x, w)
    case .gradientInput: gradients([2, 16, 8, 8], nil, Tensor(zeros: inputShape.replacing(axis: 2, with: 4)), w)
    case .gradientWeight: gradients([2, 16, 8, 8], nil, x, other)
    case .places:
      let places = output(x, filters, bias: bias, factor: bias, shift: bias, pools: true).places
      gradients([2, 16, 8, 8], places, x, w)
    }
  }

  /// A weight of one shape fits several numbers of groups, with as many times the channels of the input.
  @Test func filtersOfOtherGroupsStop() async throws {
    let weight = Tensor<Float>(zeros: [8, 4, 3, 3])
    let (one, two) = (
      FusedConvolution(input: [1, 4, 7, 7], weight: weight.shape, window: Window(3, stride: 2)),
      FusedConvolution(input: [1, 8, 7, 7], weight: weight.shape, window: Window(3, stride: 2), groups: 2)
    )
    let (first, second) = (try #require(one), try #require(two))
    #expect(first.isBestServed(by: first.prepare(weight)) && !second.isBestServed(by: first.prepare(weight)))
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let weight = Tensor<Float>(zeros: [8, 4, 3, 3])
      let (one, two) = (
        FusedConvolution(input: [1, 4, 7, 7], weight: weight.shape, window: Window(3, stride: 2)),
        FusedConvolution(input: [1, 8, 7, 7], weight: weight.shape, window: Window(3, stride: 2), groups: 2)
      )
      guard let one, let two else { return }
      _ = two.output(
        Tensor(zeros: [1, 8, 7, 7]), filters: one.prepare(weight), bias: nil, epilogue: ConvolutionEpilogue())
    }
    expectMessage("Fatal error: convolution: the filters were prepared for 1 group, not 2", in: result)
  }

  @Test func masksAndVectorsOfOtherShapesStop() async {
    let mask = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (x, ones) = (Tensor<Float>(zeros: [40, 64]), Tensor<Float>(ones: [64]))
      let mask = DropoutMask(kept: Tensor(repeating: true, shape: [4, 64]), scale: 1)
      _ = x.batchNormalized(dropping: mask, scale: ones, shift: ones, epsilon: 1e-3)
    }
    expectMessage("batchNormalized: the mask has shape [4, 64], the batch [40, 64]", in: mask)

    let vector = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (x, ones) = (Tensor<Float>(zeros: [40, 64]), Tensor<Float>(ones: [64]))
      let mask = DropoutMask(kept: Tensor(repeating: true, shape: [40, 64]), scale: 1)
      _ = x.batchNormalized(dropping: mask, scale: Tensor(ones: [1]), shift: ones, epsilon: 1e-3)
    }
    expectMessage("batchNormalized: a number for each of 64 channels is needed, found shape [1]", in: vector)

    let gradientMask = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (x, ones) = (Tensor<Float>(zeros: [40, 64]), Tensor<Float>(ones: [64]))
      let mask = DropoutMask(kept: Tensor(repeating: true, shape: [64, 40]), scale: 1)
      _ = x.batchNormalizationGradient(
        input: x, dropping: mask, statistics: ChannelStatistics(mean: ones, variance: ones), scale: ones,
        epsilon: 1e-3)
    }
    expectMessage("batchNormalizationGradient: the mask has shape [64, 40], the batch [40, 64]", in: gradientMask)

    let input = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (x, ones) = (Tensor<Float>(zeros: [40, 64]), Tensor<Float>(ones: [64]))
      let mask = DropoutMask(kept: Tensor(repeating: true, shape: [40, 64]), scale: 1)
      _ = x.batchNormalizationGradient(
        input: Tensor(zeros: [2, 64]), dropping: mask, statistics: ChannelStatistics(mean: ones, variance: ones),
        scale: ones, epsilon: 1e-3)
    }
    expectMessage("batchNormalizationGradient: gradient [40, 64], input [2, 64]", in: input)

    let statistics = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (x, ones) = (Tensor<Float>(zeros: [40, 64]), Tensor<Float>(ones: [64]))
      let mask = DropoutMask(kept: Tensor(repeating: true, shape: [40, 64]), scale: 1)
      let short = ChannelStatistics(mean: Tensor<Float>(ones: [3]), variance: Tensor(ones: [3]))
      _ = x.batchNormalizationGradient(input: x, dropping: mask, statistics: short, scale: ones, epsilon: 1e-3)
    }
    expectMessage("a number for each of 64 channels is needed, found shape [3]", in: statistics)
  }
}
