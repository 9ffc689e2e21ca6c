import Foundation
import Tensor
import TestSupport
import Testing

struct ThreadsTests {
  @Test func countIsAtLeastOne() async {
    await #expect(processExitsWith: .success) {
      Threads.count = -3
      require(Threads.count == 1, "negative numbers count as one")
      Threads.count = 5
      require(Threads.count == 5, "the number is kept")
    }
  }

  /// A container may limit the number of threads; the work is done by those that there are.
  @Test func worksWithoutFurtherThreads() async {
    await #expect(processExitsWith: .success) {
      // The stack of a thread has 8 MB.
      withAddressSpace(limitedToFurther: 4 << 20) {
        Threads.count = 4
        var sum = 0
        parallelFor(chunks: 100) { sum += $0 }
        require(sum == 4_950, "every chunk ran, one after the other")
      }
    }
  }

  @Test func countComesFromTheEnvironment() async {
    await #expect(processExitsWith: .success) {
      setenv("KILIM_THREADS", "7", 1)
      require(Threads.count == 7, "KILIM_THREADS is read at first use")
    }
    await #expect(processExitsWith: .success) {
      setenv("KILIM_THREADS", "", 1)
      require(Threads.count == Threads.available, "an empty text is none")
    }
  }

  @Test(arguments: ["none", "0", "-3", "99999999999999999999"])
  func aCountThatIsNoneIsNamedOnce(text: String) async throws {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) { [text] in
      setenv("KILIM_THREADS", text, 1)
      require(Threads.count == Threads.available, "the number of processors is used")
      require(Threads.count == Threads.available, "and asked for once")
    }
    let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(message.contains("KILIM_THREADS is \"\(text)\", a whole number of at least 1 is needed"))
    #expect(message.split(separator: "KILIM_THREADS").count == 2)
  }

  /// Every operation that works in parallel, on inputs of several chunks whose sums round.
  static let operations: [(name: String, compute: @Sendable () -> [[Float]])] = {
    let images: Tensor<Float> = sample([6, 8, 40, 41])
    let weight: Tensor<Float> = sample([16, 8, 3, 3], seed: 2)
    let upstream: Tensor<Float> = sample([6, 16, 40, 41], seed: 3)
    let (window, pool) = (Window(3, padding: .same), Window(3, stride: 2, padding: .same))
    let ones = Tensor<Float>(ones: [8])
    return [
      ("element-wise", { [(images * 3 + images).scalars, images.exp().scalars, images.relu().scalars] }),
      ("broadcast", { [(images + sample([8, 1, 41], seed: 4)).scalars] }),
      (
        "copies",
        {
          [
            images.permuted([0, 2, 3, 1]).contiguous().scalars,
            images.padded([(0, 1), (0, 0), (2, 2), (1, 1)]).scalars,
          ]
        }
      ),
      ("reductions", { [images.sum().scalars, images.mean([0, 2, 3]).scalars, images.variance([1]).scalars] }),
      ("softmax", { [images.softmax(axis: 1).scalars, images.logSoftmax().scalars] }),
      ("matmul", { [sample([300, 200]).matmul(sample([200, 250], seed: 2)).scalars] }),
      ("convolution", { [images.convolution2D(weight, window: window).scalars] }),
      (
        "input gradient",
        { [upstream.convolution2DInputGradient(weight, inputShape: images.shape, window: window).scalars] }
      ),
      (
        "weight gradient",
        { [upstream.convolution2DWeightGradient(images, weightShape: weight.shape, window: window).scalars] }
      ),
      (
        "fused convolution",
        {
          let (x, w): (Tensor<Float>, Tensor<Float>) = (sample([5, 40, 30, 21]), sample([36, 40, 3, 3], seed: 2))
          return fusedResults(x, w, needsInput: true)
        }
      ),
      (
        "convolution of few channels",
        { fusedResults(sample([11, 3, 30, 21]), sample([36, 3, 3, 3], seed: 2), needsInput: false) }
      ),
      (
        "direct convolution",
        { fusedResults(sample([11, 3, 30, 21]), sample([36, 3, 3, 3], seed: 2), needsInput: false, accuracy: .exact) }
      ),
      (
        "convolutions by pointers",
        {
          let same = Window(3, stride: 2, padding: .same)
          return pointerResults(sample([9, 3, 41, 30]), sample([36, 3, 3, 3], seed: 2), same)
            + pointerResults(sample([3, 300, 9, 7]), sample([270, 300, 1, 1], seed: 2), Window(1))
            + pointerResults(sample([3, 64, 14, 13]), sample([128, 16, 3, 3], seed: 2), same, groups: 4)
        }
      ),
      (
        "normalization of rows",
        {
          let rows: Tensor<Float> = sample([9_000, 40])
          let statistics = rows.channelStatistics()
          let scale: Tensor<Float> = sample([40], seed: 2)
          let gradient = rows.squared().batchNormalizationGradient(
            input: rows, statistics: statistics, scale: scale, epsilon: 1e-3)
          return [
            statistics.mean.scalars, statistics.variance.scalars, gradient.input.scalars, gradient.scale.scalars,
            gradient.shift.scalars,
          ]
        }
      ),
      (
        "max-pooling",
        {
          let (output, indices) = images.maxPool2D(pool)
          return [output.scalars, output.maxPool2DInputGradient(indices: indices, inputShape: images.shape).scalars]
        }
      ),
      (
        "average pooling",
        {
          let output = images.averagePool2D(pool)
          return [output.scalars, output.averagePool2DInputGradient(pool, inputShape: images.shape).scalars]
        }
      ),
      (
        "normalization",
        {
          let statistics = images.channelStatistics()
          let gradient = images.squared().batchNormalizationGradient(
            input: images, statistics: statistics, scale: ones, epsilon: 1e-3)
          return [
            statistics.mean.scalars, statistics.variance.scalars,
            images.normalized(by: statistics, scale: ones, shift: ones, epsilon: 1e-3).scalars,
            gradient.input.scalars, gradient.scale.scalars, gradient.shift.scalars,
          ]
        }
      ),
      (
        "random numbers",
        {
          var generator = RandomGenerator(seed: 3)
          return [
            Tensor<Float>(uniform: [100_003], using: &generator).scalars,
            Tensor<Float>(normal: [100_003], using: &generator).scalars,
            Tensor<Bool>(bernoulli: [100_003], probability: 0.3, using: &generator).scalars.map { $0 ? 1 : 0 },
          ]
        }
      ),
    ]
  }()

  @Test(arguments: operations.indices) func everyOperationGivesTheSameBitsOnAnyNumberOfThreads(index: Int) {
    let operation = Self.operations[index]
    let results = resultsOnEveryThreadCount { operation.compute().map { $0.map(\.bitPattern) } }
    for result in results { #expect(result == results[0], "\(operation.name)") }
  }
}

/// The result and all gradients of a convolution that no other algorithm computes.
private func pointerResults(_ x: Tensor<Float>, _ w: Tensor<Float>, _ window: Window, groups: Int = 1) -> [[Float]] {
  let y = x.convolution2D(w, window: window, groups: groups)
  let inputGradient = y.convolution2DInputGradient(w, inputShape: x.shape, window: window, groups: groups)
  let weightGradient = y.convolution2DWeightGradient(x, weightShape: w.shape, window: window, groups: groups)
  return [y.scalars, inputGradient.scalars, weightGradient.scalars]
}

/// The result and the gradients of a convolution with ReLU and pooling.
private func fusedResults(
  _ x: Tensor<Float>, _ w: Tensor<Float>, needsInput: Bool, accuracy: FusedConvolution.Accuracy = .standard
) -> [[Float]] {
  let fused = FusedConvolution(
    input: x.shape, weight: w.shape, window: Window(3, padding: .same), needsInputGradient: needsInput,
    accuracy: accuracy)
  guard let fused else { return [] }
  let output = fused.output(
    x, filters: fused.prepare(w), bias: nil, epilogue: ConvolutionEpilogue(activation: .relu, pools: true),
    keepsPlaces: true)
  let gradients = fused.gradients(output.values, places: output.places, input: x, weight: w, needsInput: needsInput)
  return [output.values.scalars, gradients.weight.scalars, gradients.bias.scalars, gradients.input?.scalars ?? []]
}
