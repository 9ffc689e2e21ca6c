/// The quantile function of the normal distribution, by the rational approximations of algorithm AS 241, routine
/// PPND16 (Wichura 1988), accurate to 1e-16.
///
/// It uses only +, -, ×, ÷ and square roots, which IEEE 754 rounds in the same way on every machine. The logarithm of
/// the C library may differ in the last bit between machines.
package func normalQuantile(_ probability: Double) -> Double {
  let q = probability - 0.5
  if q.magnitude <= 0.425 {
    let r = 0.180625 - q * q
    return q * ratio(central.numerator, central.denominator, r)
  }
  let tail = (-logarithm(min(probability, 1 - probability))).squareRoot()
  let magnitude =
    tail <= 5
    ? ratio(middle.numerator, middle.denominator, tail - 1.6) : ratio(far.numerator, far.denominator, tail - 5)
  return q < 0 ? -magnitude : magnitude
}

private typealias Coefficients = (numerator: [Double], denominator: [Double])

private let central: Coefficients = (
  [
    2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
    13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608,
  ],
  [
    5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
    5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1,
  ]
)

private let middle: Coefficients = (
  [
    7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
    3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734,
  ],
  [
    1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
    0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1,
  ]
)

private let far: Coefficients = (
  [
    2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
    0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772,
  ],
  [
    2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
    0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1,
  ]
)

/// The quotient of two polynomials. The coefficient of the highest power comes first.
private func ratio(_ numerator: [Double], _ denominator: [Double], _ x: Double) -> Double {
  numerator.reduce(0) { $0 * x + $1 } / denominator.reduce(0) { $0 * x + $1 }
}

/// The natural logarithm: log 2^e m = e log 2 + 2 artanh((m - 1) / (m + 1)), with the series of artanh.
private func logarithm(_ x: Double) -> Double {
  var (exponent, significand) = (Double(x.exponent), x.significand)
  if significand > 2.squareRoot() { (exponent, significand) = (exponent + 1, significand / 2) }
  let f = (significand - 1) / (significand + 1)
  let square = f * f
  var series = 0.0
  for power in stride(from: 23, through: 1, by: -2) { series = series * square + 1 / Double(power) }
  return exponent * 0.693147180559945309417232 + 2 * f * series
}
