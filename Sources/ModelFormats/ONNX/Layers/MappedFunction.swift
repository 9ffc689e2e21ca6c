import Autograd
import Glibc
import Tensor

/// A function of one number that is computed element by element, by its name in ONNX. None is a part of a common network's
/// inner loops.
enum MappedFunction: String, CaseIterable, Sendable {
  case errorFunction = "Erf"
  case sine = "Sin"
  case cosine = "Cos"
  case tangent = "Tan"
  case arcsine = "Asin"
  case arccosine = "Acos"
  case arctangent = "Atan"
  case hyperbolicSine = "Sinh"
  case hyperbolicCosine = "Cosh"
  case inverseHyperbolicSine = "Asinh"
  case inverseHyperbolicCosine = "Acosh"
  case inverseHyperbolicTangent = "Atanh"
  case sign = "Sign"
  case floor = "Floor"
  case ceiling = "Ceil"
  /// To the nearest whole number, halves to the even one.
  case rounded = "Round"

  func callAsFunction(_ x: Variable<Float>) -> Variable<Float> {
    switch self {
    case .errorFunction: x.mapped(Glibc.erff, slope: { 2 / Float.pi.squareRoot() * Glibc.expf(-$0 * $0) })
    case .sine: x.mapped(Glibc.sinf, slope: Glibc.cosf)
    case .cosine: x.mapped(Glibc.cosf, slope: { -Glibc.sinf($0) })
    case .tangent: x.mapped(Glibc.tanf, slope: { 1 + Glibc.tanf($0) * Glibc.tanf($0) })
    case .arcsine: x.mapped(Glibc.asinf, slope: { 1 / (1 - $0 * $0).squareRoot() })
    case .arccosine: x.mapped(Glibc.acosf, slope: { -1 / (1 - $0 * $0).squareRoot() })
    case .arctangent: x.mapped(Glibc.atanf, slope: { 1 / (1 + $0 * $0) })
    case .hyperbolicSine: x.mapped(Glibc.sinhf, slope: Glibc.coshf)
    case .hyperbolicCosine: x.mapped(Glibc.coshf, slope: Glibc.sinhf)
    case .inverseHyperbolicSine: x.mapped(Glibc.asinhf, slope: { 1 / ($0 * $0 + 1).squareRoot() })
    case .inverseHyperbolicCosine: x.mapped(Glibc.acoshf, slope: { 1 / ($0 * $0 - 1).squareRoot() })
    case .inverseHyperbolicTangent: x.mapped(Glibc.atanhf, slope: { 1 / (1 - $0 * $0) })
    // Not a number stays one.
    case .sign: x.mapped({ $0 > 0 ? 1 : $0 < 0 ? -1 : $0 }, slope: { _ in 0 })
    case .floor: x.mapped({ $0.rounded(.down) }, slope: { _ in 0 })
    case .ceiling: x.mapped({ $0.rounded(.up) }, slope: { _ in 0 })
    case .rounded: x.mapped({ $0.rounded(.toNearestOrEven) }, slope: { _ in 0 })
    }
  }
}

extension Variable<Float> {
  /// f(x) of each element. The gradient is multiplied by f'(x); the input is kept.
  func mapped(_ function: (Float) -> Float, slope: @escaping (Float) -> Float) -> Variable {
    Variable(value.elements(function), from: (self, { [value] in $0 * value.elements(slope) }))
  }
}

extension Tensor<Float> {
  fileprivate func elements(_ function: (Float) -> Float) -> Tensor {
    Tensor(shape: shape, scalars: scalars.map(function))
  }
}
