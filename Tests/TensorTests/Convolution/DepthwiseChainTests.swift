import Tensor
import TestSupport
import Testing

/// Convolutions that are computed together have the bits of the same ones computed one by one.
struct DepthwiseChainTests {
  /// Images, the channels before, between and behind, where there are such, and the depthwise window between.
  struct Case: Sendable, CustomTestStringConvertible {
    let batch: Int
    let image: Size
    let before: Int?
    let channels: Int
    let behind: Int?
    let window: Window

    init(_ batch: Int, on image: Size, _ before: Int?, _ channels: Int, _ behind: Int?, _ window: Window) {
      (self.batch, self.image, self.window) = (batch, image, window)
      (self.before, self.channels, self.behind) = (before, channels, behind)
    }

    var testDescription: String {
      "\(batch) images of \(image), \(before ?? 0) -> \(channels) -> \(behind ?? 0), \(window)"
    }
  }

  /// Blocks of MobileNet, in one piece and in several, by one image and by many; odd sizes; rows that nothing reads, that are
  /// padding alone, and that lie far apart; windows that are taller than what is computed at once.
  static let cases = [
    Case(1, on: 28, 16, 96, 24, Window(3, padding: .same)), Case(2, on: 28, 24, 144, 24, Window(3, padding: .same)),
    Case(3, on: Size(height: 31, width: 17), 19, 77, 21, Window(5, padding: .same)),
    Case(5, on: Size(height: 14, width: 45), 12, 40, nil, Window(3, stride: 2, padding: .same)),
    Case(1, on: 56, 16, 200, 33, Window(3, stride: 2, padding: .explicit(top: 0, bottom: 1, left: 0, right: 1))),
    Case(2, on: Size(height: 40, width: 9), nil, 70, 50, Window(3, padding: .same)),
    Case(1, on: 57, nil, 33, 18, Window(7, stride: 2, padding: .same)),
    Case(2, on: 24, 17, 48, 20, Window(2, stride: 3)),
    Case(9, on: 30, 20, 64, 16, Window(3, dilation: 2, padding: .same)),
    Case(1, on: 26, 16, 40, 12, Window(3, padding: .explicit(top: 6, bottom: 5, left: 4, right: 0))),
    Case(1, on: Size(height: 40, width: 112), 16, 400, 24, Window(5, padding: .same)),
    Case(4, on: Size(height: 1, width: 90), 16, 24, 20, Window(Size(height: 1, width: 3), padding: .same)),
  ]

  @Test(arguments: cases) func bitsAreThoseOfTheConvolutionsOneByOne(item: Case) throws {
    try compare(item, everyLayout: true)
  }

  /// The kernels of the other instruction sets. The set is chosen once in a process.
  @Test(arguments: ["avx2", "portable"]) func otherKernelsGiveTheirBitsToo(name: String) async {
    if name == "avx2" {
      await #expect(processExitsWith: .success) { try compareAll("avx2") }
    } else {
      await #expect(processExitsWith: .success) { try compareAll("portable") }
    }
  }

  @Test func bitsDoNotDependOnTheNumberOfThreads() throws {
    for item in Self.cases {
      let input: Tensor<Float> = sample([item.batch, item.before ?? item.channels, item.image.height, item.image.width])
      let results = resultsOnEveryThreadCount { () -> [UInt32] in
        let stages = stages(item, on: input.shape)
        return (DepthwiseChain(stages)?.output(input) ?? oneByOne(stages, input)).scalars.map(\.bitPattern)
      }
      #expect(results.allSatisfy { $0 == results[0] }, Comment(rawValue: item.testDescription))
    }
  }

  @Test func otherConvolutionsAreNotComputedTogether() {
    let input: Shape = [2, 16, 30, 30]
    let (narrow, wide) = (stage(input, filters: 16, Window(1)), stage(input, filters: 48, Window(1)))
    let depthwise = stage([2, 48, 30, 30], filters: 48, groups: 48, Window(3, padding: .same))
    let other = stage(input, filters: 16, Window(3, padding: .same))
    withThreads(2) { #expect(DepthwiseChain([wide, depthwise]) != nil) }
    let others = [
      [], [depthwise], [wide], [wide, narrow], [narrow, depthwise], [wide, depthwise, other], [depthwise, depthwise],
      [other, depthwise],
    ]
    for stages in others { #expect(DepthwiseChain(stages) == nil) }
    // Few pixels, many filters: each thread would read all of them.
    let pixels: Shape = [1, 160, 3, 3]
    let small = stage(pixels, filters: 320, Window(1))
    let behind = stage([1, 320, 3, 3], filters: 320, groups: 320, Window(3, padding: .same))
    #expect(DepthwiseChain([small, behind]) == nil)
  }
}

private func compareAll(_ kernels: String) throws {
  useKernels(named: kernels)
  for item in DepthwiseChainTests.cases { try compare(item, everyLayout: false) }
}

/// Compares, under one layout of the images or under every one; stops where a bit differs. On two threads: on many, these small
/// images are computed one convolution after the other.
private func compare(_ item: DepthwiseChainTests.Case, everyLayout: Bool) throws {
  let input: Tensor<Float> = sample([item.batch, item.before ?? item.channels, item.image.height, item.image.width])
  let stages = stages(item, on: input.shape)
  try withThreads(2) {
    let chain = try #require(DepthwiseChain(stages), Comment(rawValue: item.testDescription))
    let expected = oneByOne(stages, input).scalars.map(\.bitPattern)
    for (name, input) in everyLayout ? TestSupport.everyLayout(of: input) : [(name: "row-major", tensor: input)] {
      require(chain.output(input).scalars.map(\.bitPattern) == expected, "\(item.testDescription), \(name)")
    }
  }
}

private func oneByOne(_ stages: [ConvolutionStage], _ input: Tensor<Float>) -> Tensor<Float> {
  stages.reduce(input) { $1.output($0) }
}

/// The stages of a case: bounds behind the first, a function behind the second, and a sum behind the last.
private func stages(_ item: DepthwiseChainTests.Case, on shape: Shape) -> [ConvolutionStage] {
  var (stages, shape): ([ConvolutionStage], Shape) = ([], shape)
  func add(_ filters: Int, _ groups: Int, _ window: Window, _ epilogue: ConvolutionEpilogue) {
    stages.append(stage(shape, filters: filters, groups: groups, window, epilogue))
    shape = stages[stages.count - 1].outputShape
  }
  if item.before != nil {
    add(item.channels, 1, Window(1), ConvolutionEpilogue(activation: .clipped(low: 0, high: 6)))
  }
  add(item.channels, item.channels, item.window, ConvolutionEpilogue(activation: .silu))
  guard let behind = item.behind else { return stages }
  let addend: Tensor<Float> = sample(shape.replacing(axis: 1, with: behind), seed: 9)
  add(behind, 1, Window(1), ConvolutionEpilogue(addend: addend, last: .relu))
  return stages
}

private func stage(
  _ input: Shape, filters: Int, groups: Int = 1, _ window: Window,
  _ epilogue: ConvolutionEpilogue = ConvolutionEpilogue()
) -> ConvolutionStage {
  let weight: Tensor<Float> = sample(
    [filters, input[1] / groups, window.size.height, window.size.width], seed: UInt64(filters + groups))
  guard
    let fused = FusedConvolution(
      input: input, weight: weight.shape, window: window, groups: groups, needsInputGradient: false, accuracy: .high)
  else { stop("no algorithm for \(input)") }
  return ConvolutionStage(fused, filters: fused.prepare(weight), bias: sample([filters], seed: 3), epilogue: epilogue)
}
