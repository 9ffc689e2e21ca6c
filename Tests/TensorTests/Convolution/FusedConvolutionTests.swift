import Foundation
import Tensor
import TestSupport
import Testing

struct FusedConvolutionTests {
  @Test(arguments: FusedCase.winograd, FusedConvolution.winogradTiles)
  func winogradStaysWithinItsBound(item: FusedCase, tile: Size) {
    #expect(FusedOperands(item, tile: tile).largestError < bound(ofTile: tile))
  }

  /// Inference asks for what loses little more than sums of products do.
  @Test(arguments: FusedCase.winograd) func highAccuracyStaysWithinTheBoundOfSmallTiles(item: FusedCase) {
    #expect(FusedOperands(item, accuracy: .high).largestError < bound(ofTile: 4))
  }

  /// Filters serve every batch, whatever they were prepared for, and may be left to be transformed on the way.
  @Test(arguments: [1, 3, 40]) func filtersServeEveryBatch(batch: Int) {
    let item = FusedCase(batch, 40, 33, on: 7)
    let operands = FusedOperands(item)
    let expected = operands.output(ConvolutionEpilogue()).values
    let oneCall = operands.fused.prepare(operands.weight, isKept: false)
    #expect(operands.output(ConvolutionEpilogue(), filters: oneCall).values == expected)
    for tile in FusedConvolution.winogradTiles {
      let filters = FusedOperands(FusedCase(2, 40, 33, on: 7), tile: tile).fused.prepare(operands.weight)
      let found = operands.output(ConvolutionEpilogue(), filters: filters).values
      #expect(deviation(found, from: expected) < Float(winogradBound) * expected.absolute().max().scalar)
      let tiled = FusedOperands(item, tile: tile)
      #expect(tiled.fused.isBestServed(by: filters) && tiled.output(ConvolutionEpilogue()).values == found)
    }
  }

  /// Sums of products of dyadic numbers are exact in any order.
  @Test(arguments: FusedCase.direct + FusedCase.depthwise + FusedCase.indirect) func directIsExact(item: FusedCase) {
    #expect(FusedOperands(item).largestError == 0)
  }

  @Test(arguments: FusedCase.shallow) func shallowStaysWithinItsBound(item: FusedCase) {
    #expect(FusedOperands(item).largestError < 5e-6)
  }

  @Test(arguments: FusedCase.all) func epiloguesAreTheOperationsOneByOne(item: FusedCase) {
    let operands = FusedOperands(item)
    let plain = operands.output(ConvolutionEpilogue()).values
    #expect(operands.output(ConvolutionEpilogue(activation: .relu)).values == plain.relu())
    let factor: Tensor<Float> = sample([item.filters], seed: 5)
    let shift: Tensor<Float> = sample([item.filters], seed: 6)
    let affine = operands.output(ConvolutionEpilogue(affine: (factor, shift))).values
    let vector: Shape = [1, item.filters, 1, 1]
    #expect(deviation(affine, from: plain * factor.reshaped(to: vector) + shift.reshaped(to: vector)) < 1e-5)

    guard operands.fused.canPool, plain.shape[2] >= 2, plain.shape[3] >= 2 else { return }
    for appliesReLU in [false, true] {
      let pooled = operands.output(ConvolutionEpilogue(activation: appliesReLU ? .relu : .linear, pools: true))
      let active = appliesReLU ? plain.relu() : plain
      let (values, indices) = active.maxPool2D(Window(2, stride: 2))
      #expect(pooled.values == values)
      // What the places say: the gradients are those of the operations one by one.
      let upstream: Tensor<Float> = sample(values.shape, seed: 7)
      let spread = upstream.maxPool2DInputGradient(indices: indices, inputShape: plain.shape)
      let expected = operands.gradients(appliesReLU ? spread.masked(byPositive: active) : spread, places: nil)
      let found = operands.gradients(upstream, places: pooled.places)
      // In a first layer maxima are added up in another order.
      #expect(deviation(found.weight, from: expected.weight) <= (operands.needsInput ? 0 : 5e-5))
      #expect(found.input == expected.input)
      #expect(deviation(found.bias, from: expected.bias) < 1e-5)
    }
  }

  @Test func takesEveryLayout() {
    let item = FusedCase(2, 17, 19, on: Size(height: 5, width: 6))
    let operands = FusedOperands(item)
    let expected = operands.output(ConvolutionEpilogue()).values
    let upstream: Tensor<Float> = sample(expected.shape, seed: 4)
    let gradients = operands.gradients(upstream, places: nil)
    for (name, input) in everyLayout(of: operands.input) {
      let other = FusedOperands(item, input: input)
      #expect(other.output(ConvolutionEpilogue()).values == expected, "\(name)")
      #expect(other.gradients(upstream, places: nil).weight == gradients.weight, "\(name)")
    }
    for (name, upstream) in everyLayout(of: upstream) {
      #expect(operands.gradients(upstream, places: nil).input == gradients.input, "\(name)")
    }
  }

  @Test(arguments: [16, 3]) func largeAndTinyNumbersKeepTheirDigits(channels: Int) {
    for scale in [1e30, 1e-30] as [Float] {
      let item = FusedCase(1, channels, 16, on: 9)
      let operands = FusedOperands(item, input: FusedOperands(item).input * scale, hasBias: false)
      #expect(operands.largestError < winogradBound)
    }
  }

  /// Subnormal numbers may count as zero, and nothing else becomes of them.
  @Test(arguments: [16, 3]) func subnormalNumbersAreZeroAtMost(channels: Int) {
    let item = FusedCase(1, channels, 16, on: 9)
    let operands = FusedOperands(item, input: FusedOperands(item).input * 0x1p-130, hasBias: false)
    #expect(operands.output(ConvolutionEpilogue()).values.absolute().max().scalar < 1e-36)
  }

  /// A NaN or an infinity spoils the tiles that read it, all that the definition says and no others.
  @Test(arguments: [Float.nan, .infinity, -.infinity], [16, 3])
  func spoiltTilesAreTheOnesThatReadIt(value: Float, channels: Int) {
    let item = FusedCase(1, channels, 16, on: 12)
    let clean = FusedOperands(item)
    var input = clean.input
    input[0, channels - 1, 9, 9] = value
    let found = FusedOperands(item, input: input).output(ConvolutionEpilogue()).values
    let expected = clean.output(ConvolutionEpilogue()).values
    for row in 0..<12 {
      for column in 0..<12 {
        let isRead = (8...10).contains(row) && (8...10).contains(column)
        let isNear = row >= 8 && column >= 8
        if isRead { #expect(!found[0, 0, row, column].isFinite) }
        if !isNear { #expect(found[0, 0, row, column] == expected[0, 0, row, column]) }
      }
    }
  }

  /// A single row or column has no pair of pairs to take the largest of.
  @Test(arguments: [
    FusedCase(2, 16, 16, on: Size(height: 1, width: 30)), FusedCase(2, 3, 16, on: Size(height: 9, width: 1)),
  ])
  func nothingIsLeftOfASingleRowThatIsPooled(item: FusedCase) {
    let operands = FusedOperands(item)
    let output = operands.output(ConvolutionEpilogue(activation: .relu, pools: true))
    #expect(output.values.shape.contains(0) && output.places?.shape == output.values.shape)
    let gradients = operands.gradients(output.values, places: output.places)
    #expect(gradients.weight == Tensor(zeros: item.weightShape) && gradients.bias == Tensor(zeros: [16]))
    #expect(gradients.input == (operands.needsInput ? Tensor(zeros: item.inputShape) : nil))
  }

  @Test func refusesWhatItCannotDo() {
    func algorithm(_ input: Shape, _ weight: Shape, _ window: Window, groups: Int = 1) -> FusedConvolution? {
      FusedConvolution(input: input, weight: weight, window: window, groups: groups)
    }
    #expect(algorithm([1, 32, 8, 8], [32, 32, 3, 3], Window(3))?.canPool == true)
    #expect(algorithm([1, 32, 8, 8], [32, 32, 3, 3], Window(3, stride: 2))?.canPool == false)
    #expect(algorithm([1, 32, 8, 8], [32, 32, 3, 3], Window(3, dilation: 2))?.canPool == false)
    #expect(algorithm([1, 32, 8, 8], [32, 16, 3, 3], Window(3), groups: 2)?.canPool == false)
    #expect(algorithm([1, 3, 8, 8], [32, 3, 3, 3], Window(3))?.canPool == false, "the input's gradient was wanted")
    let same = Window(3, padding: .same)
    for input in [[0, 32, 8, 8], [1, 32, 0, 8], [1, 32, 8, 0]] as [Shape] {
      #expect(algorithm(input, [32, 32, 3, 3], same) == nil, "there is nothing to compute")
      #expect(algorithm(input, [32, 1, 3, 3], same, groups: 32) == nil, "there is nothing to compute")
    }
  }

  /// The kernels of the other instruction sets keep the same bounds. The set is chosen once in a process.
  @Test func avx2KernelsKeepTheBounds() async {
    await #expect(processExitsWith: .success) { checkKernels(named: "avx2") }
  }

  @Test func portableKernelsKeepTheBounds() async {
    await #expect(processExitsWith: .success) { checkKernels(named: "portable") }
  }
}

/// The largest error of Winograd's transforms, as a share of the largest result.
private let winogradBound = 5e-5

/// The same for one size of tiles: the more points along a side, the more is lost.
private func bound(ofTile tile: Size) -> Double {
  switch tile.width {
  case 2: 5e-6
  case 4: 1e-5
  default: winogradBound
  }
}

/// Runs all cases under a set of kernels; stops where one is outside of its bound.
private func checkKernels(named name: String) {
  useKernels(named: name)
  for item in FusedCase.winograd {
    for tile in FusedConvolution.winogradTiles {
      let error = FusedOperands(item, tile: tile).largestError
      require(error < bound(ofTile: tile), "\(name), \(item.testDescription), tiles of \(tile): error \(error)")
    }
  }
  for item in FusedCase.shallow {
    let error = FusedOperands(item).largestError
    require(error < 5e-6, "\(name), \(item.testDescription): error \(error)")
  }
  for item in FusedCase.direct + FusedCase.depthwise + FusedCase.indirect {
    let error = FusedOperands(item).largestError
    require(error == 0, "\(name), \(item.testDescription): error \(error)")
  }
  for item in ConvolutionEpilogueTests.cases {
    let operands = FusedOperands(item)
    let plain = operands.output(ConvolutionEpilogue()).values
    let addend: Tensor<Float> = sample(plain.shape, seed: 7)
    let found = operands.output(ConvolutionEpilogue(activation: .silu, addend: addend, last: .relu)).values
    require(found == (plain.silu() + addend).relu(), "\(name), \(item.testDescription): epilogue")
  }
  // Word j of block b of each 128 elements decides on elements 32 j + b and, its halves exchanged, 32 j + 16 + b.
  var generator = RandomGenerator(seed: 4)
  let mask = Tensor<Bool>(bernoulli: [1_007], probability: 0.3, using: &generator).scalars
  for (element, isTrue) in mask.enumerated() {
    let words = Philox.words(seed: 4, stream: 0, block: UInt64(element / 128 * 16 + element % 16))
    let word = [words.0, words.1, words.2, words.3][element % 128 / 32]
    let number = element % 32 < 16 ? word : word << 16 | word >> 16
    require(isTrue == (Double(number) < 0.3 * 0x1p32), "\(name): bernoulli, element \(element)")
  }
}
