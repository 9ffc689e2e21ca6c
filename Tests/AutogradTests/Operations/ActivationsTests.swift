import Autograd
import Tensor
import TestSupport
import Testing

struct ActivationsTests {
  typealias Function = @Sendable (Variable<Double>) -> Variable<Double>

  static let functions: [(name: String, function: Function)] = [
    ("elu", { $0.elu() }), ("elu 0.3", { $0.elu(alpha: 0.3) }), ("celu", { $0.celu(alpha: 2) }),
    ("selu", { $0.selu() }), ("silu", { $0.silu() }), ("softplus", { $0.softplus() }),
    ("log sigmoid", { $0.logSigmoid() }), ("mish", { $0.mish() }), ("gelu", { $0.gelu() }),
    ("tanh gelu", { $0.tanhGELU() }), ("bounded relu", { $0.boundedReLU(maximum: 1) }),
    ("bounded relu with all", { $0.boundedReLU(maximum: 1, slope: 0.1, threshold: 0.3) }),
    ("hard sigmoid", { ($0 * 3).hardSigmoid() }),
    ("steep hard sigmoid", { ($0 * 3).hardSigmoid(slope: 0.2) }), ("sparse sigmoid", { $0.sparseSigmoid() }),
    ("hard tanh", { $0.hardTanh() }), ("hard silu", { ($0 * 3).hardSiLU() }), ("sparse plus", { $0.sparsePlus() }),
    ("hard shrink", { $0.hardShrink() }), ("soft shrink", { $0.softShrink() }), ("tanh shrink", { $0.tanhShrink() }),
    ("softsign", { $0.softsign() }), ("squareplus", { $0.squareplus(b: 2) }), ("sigmoid", { $0.sigmoid() }),
    ("tanh", { $0.tanh() }), ("sparsemax", { $0.sparsemax() }),
  ]

  @Test(arguments: functions.map(\.name))
  func gradients(name: String) throws {
    let function = try #require(Self.functions.first { $0.name == name }).function
    for shape in [[1], [7], [3, 5], [2, 3, 1, 4]] as [Shape] {
      expectGradients(at: samples(shape)) { function($0[0]) }
    }
  }

  @Test(arguments: functions.map(\.name))
  func everyLayoutGivesTheSame(name: String) throws {
    let function = try #require(Self.functions.first { $0.name == name }).function
    let x: Tensor<Double> = sample([2, 3, 5, 4])
    let expected = valueAndGradient(at: x) { (function($0) * Variable(sample(x.shape, seed: 2))).sum() }
    for (layoutName, layout) in everyLayout(of: x) {
      let found = valueAndGradient(at: layout) { (function($0) * Variable(sample(x.shape, seed: 2))).sum() }
      #expect(deviation(found.value, from: expected.value) < 1e-12, "\(layoutName)")
      #expect(deviation(found.gradient, from: expected.gradient) < 1e-14, "\(layoutName)")
    }
    for empty in [[0], [3, 0, 2], [0, 3]] as [Shape] {
      #expect(function(Variable(Tensor(zeros: empty))).shape == empty)
    }
  }

  @Test(arguments: functions.map(\.name))
  func notANumberPassesThrough(name: String) throws {
    let function = try #require(Self.functions.first { $0.name == name }).function
    #expect(function(Variable(Tensor<Double>([.nan, 1]))).value.scalars[0].isNaN)
  }

  @Test func parametricReLU() {
    for (shape, slope) in [([3, 5], [5]), ([2, 3, 4, 2], [3, 1, 1]), ([2, 3], [1])] as [(Shape, Shape)] {
      expectGradients(at: samples(shape, slope)) { $0[0].parametricReLU(slope: $0[1]) }
    }
  }

  @Test(arguments: [([3, 5], 0), ([2, 4, 3], 1), ([2, 3, 5], -1), ([4, 1], 1)] as [(Shape, Int)])
  func sparsemax(shape: Shape, axis: Int) {
    expectGradients(at: samples(shape)) { $0[0].sparsemax(axis: axis) }
    let sums = samples(shape)[0].sparsemax(axis: axis).sum([axis])
    #expect(deviation(sums, from: Tensor(ones: sums.shape)) < 1e-14)
  }

  @Test func farOut() {
    let x = Tensor<Double>([-1_000, 0, 1_000])
    #expect(x.softplus().scalars == [0, 0.693_147_180_559_945_3, 1_000])
    #expect(x.logSigmoid().scalars == [-1_000, -0.693_147_180_559_945_3, 0])
    #expect(x.elu(alpha: 1).scalars == [-1, 0, 1_000])
    #expect(x.gelu().scalars == [0, 0, 1_000] && x.silu().scalars == [0, 0, 1_000])
    #expect(
      x.mish().scalars == [0, 0, 1_000] && x.boundedReLU(maximum: 6, slope: 0, threshold: 0).scalars == [0, 0, 6])
    let infinite = Tensor<Double>([-.infinity, .infinity])
    #expect(infinite.boundedReLU(maximum: .infinity, slope: 0, threshold: 0).scalars == [0, .infinity])
  }
}
