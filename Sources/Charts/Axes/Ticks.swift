import Foundation

/// The marked numbers of an axis: multiples of 1, 2 or 5 times a power of ten.
package struct Ticks: Hashable {
  /// The range of the axis.
  package let range: ClosedRange<Double>
  /// The marked numbers, in ascending order.
  package let values: [Double]
  /// The label of each marked number.
  package let labels: [String]

  /// Marks `range` with the smallest round step that needs at most `count` steps.
  ///
  /// - Parameters:
  ///   - wholeNumbers: whether only whole numbers make sense, as for epochs.
  ///   - widened: whether the axis is extended to a tick at each end.
  package init(over range: ClosedRange<Double>, atMost count: Int, wholeNumbers: Bool = false, widened: Bool = false) {
    let range = range.withRoomForTicks
    let step = Step(atLeast: (range.upperBound - range.lowerBound) / Double(max(1, count)), wholeNumbers: wholeNumbers)
    // The tolerance takes a bound that misses its tick by a rounding error for the tick.
    let low = range.lowerBound / step.value
    let high = range.upperBound / step.value
    let first = widened ? (low + 1e-6).rounded(.down) : (low - 1e-6).rounded(.up)
    let last = widened ? (high - 1e-6).rounded(.up) : (high + 1e-6).rounded(.down)
    values = stride(from: first, through: last, by: 1).map { step.multiple($0) }
    labels = step.labels(of: values)
    if widened, let lowest = values.first, let highest = values.last, lowest < highest {
      self.range = lowest...highest
    } else {
      self.range = range
    }
  }

  /// Marks whole powers of ten on a logarithmic axis, or round numbers if there are not two powers.
  ///
  /// - Parameters:
  ///   - range: the range of the axis, as logarithms to the base 10.
  ///   - count: the largest number of marks.
  init(powersOfTen range: ClosedRange<Double>, atMost count: Int) {
    let (first, last) = (range.lowerBound.rounded(.up), range.upperBound.rounded(.down))
    let step = max(1, ((last - first + 1) / Double(max(1, count))).rounded(.up))
    self.range = range
    let powers = Array(stride(from: first, through: last, by: step))
    if powers.count > 1 || range.upperBound > 300 {
      values = powers
      labels = values.map { "10" + superscript(Int($0)) }
    } else {
      // One mark does not tell how long the axis is: evenly spaced numbers are marked, which crowd together at the right end.
      let plain = Ticks(
        over: pow(10, range.lowerBound)...pow(10, range.upperBound), atMost: max(2, count * 2 / 3))
      let marks = zip(plain.values, plain.labels).filter { $0.0 > 0 }
      values = marks.map { log10($0.0) }
      labels = marks.map(\.1)
    }
  }
}

/// The distance of two ticks: `mantissa` · 10^`exponent`.
private struct Step {
  let mantissa: Double
  let exponent: Int

  /// The smallest round step that is not smaller than `distance`.
  init(atLeast distance: Double, wholeNumbers: Bool) {
    let distance = wholeNumbers ? max(1, distance) : distance
    let power = Int(log10(distance).rounded(.down))
    let leading = distance / pow(10, Double(power))
    let round = [1.0, 2, 5].first { leading <= $0 * (1 + 1e-9) }
    mantissa = round ?? 1
    exponent = round == nil ? power + 1 : power
  }

  var value: Double { multiple(1) }

  /// `count` steps. Dividing by a whole power of ten gives the double closest to the decimal number: 0.3, not 0.1 * 3.
  func multiple(_ count: Double) -> Double {
    exponent < 0 ? count * mantissa / pow(10, Double(-exponent)) : count * mantissa * pow(10, Double(exponent))
  }

  /// The values with as many decimals as the step has; very large and very small ones as a multiple of a power of ten.
  func labels(of values: [Double]) -> [String] {
    let largest = values.map(\.magnitude).max() ?? 0
    guard largest >= 1e6 || exponent < -5 else {
      return values.map { decimal($0, places: max(0, -exponent)) }
    }
    let power = Int(log10(max(largest, value)).rounded(.down))
    return values.map { number in
      if number == 0 { return "0" }
      let digits = decimal(number / pow(10, Double(power)), places: max(0, power - exponent))
      return power == 0 ? digits : digits + "·10" + superscript(power)
    }
  }

  private func decimal(_ value: Double, places: Int) -> String {
    (value < 0 ? "−" : "") + String(format: "%.*f", places, value.magnitude)
  }
}

private func superscript(_ number: Int) -> String {
  let digits: [Character: Character] = [
    "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹",
  ]
  return String("\(number)".map { digits[$0, default: $0] })
}

extension ClosedRange<Double> {
  /// The range, widened if it is so narrow that its ticks would be the same `Double`.
  fileprivate var withRoomForTicks: ClosedRange {
    let largest = Swift.max(lowerBound.magnitude, upperBound.magnitude)
    guard upperBound - lowerBound <= 1e-9 * largest || largest < 1e-280 else { return self }
    let room = largest < 1e-280 ? 0.5 : 0.05 * largest
    return lowerBound - room...upperBound + room
  }
}
