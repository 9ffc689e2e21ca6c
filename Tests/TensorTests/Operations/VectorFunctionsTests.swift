import Foundation
import Tensor
import TestSupport
import Testing

/// The functions of the vector kernels over all floats, against `Double`.
struct VectorFunctionsTests {
  @Test func functionsKeepTheirBounds() { checkAll(on: Kernels.instructionSet) }

  /// The set of kernels is chosen once in a process.
  @Test func avx2FunctionsKeepTheirBounds() async {
    await #expect(processExitsWith: .success) {
      useKernels(named: "avx2")
      checkAll(on: "avx2")
    }
  }

  @Test func portableFunctionsKeepTheirBounds() async {
    await #expect(processExitsWith: .success) {
      useKernels(named: "portable")
      checkAll(on: "portable")
    }
  }

  /// A result depends on its argument alone, not on the place in a vector, nor on what stands beside it.
  @Test func placesDoNotMatter() {
    let values: [Float] = [-30, -1.5, -0.3, 0, 0.7, 3, 12, .infinity, .nan]
    for function in functions {
      let alone = values.map { function.compute(Tensor([$0])).scalars[0].bitPattern }
      for shift in 0..<40 {
        let row = [Float](repeating: 0.4, count: shift) + values + [Float](repeating: -2, count: 7)
        let found = function.compute(Tensor(row)).scalars[shift..<shift + values.count].map(\.bitPattern)
        #expect(found == alone, "\(function.name), shifted by \(shift)")
      }
    }
  }

  @Test func bitsDoNotDependOnTheNumberOfThreads() {
    let x: Tensor<Float> = sample([3, 40_001])
    for function in functions {
      let results = resultsOnEveryThreadCount { function.compute(x).scalars.map(\.bitPattern) }
      #expect(results.allSatisfy { $0 == results[0] }, "\(function.name)")
    }
  }

  /// The gradients of the kernels are those of the definitions in `Double`, under every layout of the argument.
  @Test func gradientsMatchThoseOfDoubles() {
    let (x, upstream): (Tensor<Double>, Tensor<Double>) = (sample([3, 5, 4, 7]) * 4, sample([3, 5, 4, 7], seed: 2))
    for gradient in gradients {
      let expected = gradient.double(upstream, x).toFloat()
      for (name, x) in everyLayout(of: x.toFloat()) {
        for (other, upstream) in everyLayout(of: upstream.toFloat()) {
          // Slopes lie within ±1.1 · λ of SELU; each has an error of a few units of that.
          #expect(
            deviation(gradient.float(upstream, x), from: expected) < 8 * Float.ulpOfOne,
            "\(gradient.name), \(name), gradient \(other)")
        }
      }
    }
  }
}

/// One function of the kernels.
private struct VectorFunction: Sendable {
  let name: String
  /// The largest error in units in the last place.
  let bound: Double
  let compute: @Sendable (Tensor<Float>) -> Tensor<Float>
  let exact: @Sendable (Double) -> Double
}

private func logOnePlusExp(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
private func logistic(_ x: Double) -> Double { x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)) }
private func tanhGELUArgument(_ x: Double) -> Double { 2 * (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x) }
private let seluScale = 1.050_700_987_355_480_5

private let functions: [VectorFunction] = [
  VectorFunction(name: "exp", bound: 2, compute: { $0.exp() }, exact: { exp($0) }),
  VectorFunction(name: "log", bound: 4, compute: { $0.log() }, exact: { log($0) }),
  VectorFunction(name: "tanh", bound: 4, compute: { $0.tanh() }, exact: { tanh($0) }),
  VectorFunction(name: "sigmoid", bound: 4, compute: { $0.sigmoid() }, exact: { logistic($0) }),
  VectorFunction(name: "silu", bound: 4, compute: { $0.silu() }, exact: { $0 * logistic($0) }),
  VectorFunction(name: "gelu", bound: 5, compute: { $0.gelu() }, exact: { $0 * erfc(-$0 * 0.5.squareRoot()) / 2 }),
  // The argument of the logistic function is rounded: beside 4 units there are 2 |z|, with |z| below 92 where the result
  // is not 0.
  VectorFunction(
    name: "tanhGELU", bound: 188, compute: { $0.tanhGELU() }, exact: { $0 * logistic(tanhGELUArgument($0)) }),
  VectorFunction(name: "mish", bound: 4, compute: { $0.mish() }, exact: { $0 * tanh(logOnePlusExp($0)) }),
  VectorFunction(name: "softplus", bound: 4, compute: { $0.softplus() }, exact: { logOnePlusExp($0) }),
  VectorFunction(name: "logSigmoid", bound: 4, compute: { $0.logSigmoid() }, exact: { -logOnePlusExp(-$0) }),
  VectorFunction(name: "elu", bound: 4, compute: { $0.elu(alpha: 1) }, exact: { $0 > 0 ? $0 : expm1($0) }),
  VectorFunction(
    name: "celu", bound: 4, compute: { $0.celu(alpha: 0.5) }, exact: { $0 > 0 ? $0 : 0.5 * expm1($0 / 0.5) }),
  VectorFunction(
    name: "selu", bound: 4, compute: { $0.selu() },
    exact: { seluScale * ($0 > 0 ? $0 : 1.673_263_242_354_377_2 * expm1($0)) }),
]

private struct VectorGradient: Sendable {
  let name: String
  let float: @Sendable (_ gradient: Tensor<Float>, _ x: Tensor<Float>) -> Tensor<Float>
  let double: @Sendable (_ gradient: Tensor<Double>, _ x: Tensor<Double>) -> Tensor<Double>
}

private let gradients: [VectorGradient] = [
  VectorGradient(
    name: "tanh", float: { $0.tanhGradient(output: $1.tanh()) }, double: { $0.tanhGradient(output: $1.tanh()) }),
  VectorGradient(
    name: "sigmoid", float: { $0.sigmoidGradient(output: $1.sigmoid()) },
    double: { $0.sigmoidGradient(output: $1.sigmoid()) }),
  VectorGradient(name: "silu", float: { $0.siluGradient(input: $1) }, double: { $0.siluGradient(input: $1) }),
  VectorGradient(name: "gelu", float: { $0.geluGradient(input: $1) }, double: { $0.geluGradient(input: $1) }),
  VectorGradient(
    name: "tanhGELU", float: { $0.tanhGELUGradient(input: $1) }, double: { $0.tanhGELUGradient(input: $1) }),
  VectorGradient(name: "mish", float: { $0.mishGradient(input: $1) }, double: { $0.mishGradient(input: $1) }),
  VectorGradient(
    name: "softplus", float: { $0.softplusGradient(input: $1) }, double: { $0.softplusGradient(input: $1) }),
  VectorGradient(
    name: "logSigmoid", float: { $0.logSigmoidGradient(input: $1) }, double: { $0.logSigmoidGradient(input: $1) }),
  VectorGradient(
    name: "elu", float: { $0.eluGradient(input: $1, alpha: 0.7) }, double: { $0.eluGradient(input: $1, alpha: 0.7) }),
  VectorGradient(
    name: "celu", float: { $0.celuGradient(input: $1, alpha: 0.7) },
    double: { $0.celuGradient(input: $1, alpha: 0.7) }),
  VectorGradient(name: "selu", float: { $0.seluGradient(input: $1) }, double: { $0.seluGradient(input: $1) }),
  VectorGradient(
    name: "hardSiLU", float: { $0.hardSiLUGradient(input: $1) }, double: { $0.hardSiLUGradient(input: $1) }),
]

/// Stops where a function is off by more than its bound: every 16,381st float of either sign, and special numbers.
private func checkAll(on name: String) {
  var bits = Array(stride(from: UInt32(0), to: .max - 16_381, by: 16_381))
  bits += [0, 0x8000_0000, 0x0080_0000, 0x8080_0000, 0x7f7f_ffff, 0xff7f_ffff, 0x7f80_0000, 0xff80_0000]
  let x = bits.map { Float(bitPattern: $0) }.filter { !$0.isSubnormal }
  for function in functions {
    for (x, y) in zip(x, function.compute(Tensor(x)).scalars) {
      let exact = function.exact(Double(x))
      require(isClose(y, exact, function.bound), "\(name): \(function.name)(\(x)) is \(y), not \(exact)")
    }
  }
}

/// Whether a result is within a number of units in the last place, or 2^-119 where it underflows.
private func isClose(_ y: Float, _ exact: Double, _ bound: Double) -> Bool {
  if exact.isNaN { return y.isNaN }
  let nearest = Float(exact)
  // The float before infinity is as near to a result beyond the largest float.
  guard nearest.isFinite else { return y == nearest || (exact.isFinite && y.magnitude == .greatestFiniteMagnitude) }
  return abs(Double(y) - exact) <= max(bound * Double(nearest.ulp), 0x1p-119)
}
