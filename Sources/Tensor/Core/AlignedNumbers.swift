import Glibc

extension Bool {
  /// `true` and `false`, the former with a space before it.
  public static func aligned(_ scalars: [Bool]) -> [String] {
    scalars.map { $0 ? " true" : "false" }
  }
}

extension NumericScalar where Self: FixedWidthInteger {
  /// The numbers as decimals, filled up with spaces on the left.
  public static func aligned(_ scalars: [Self]) -> [String] {
    let texts = scalars.map { String($0) }
    let width = texts.reduce(0) { Swift.max($0, $1.count) }
    return texts.map { $0.leftPadded(to: width) }
  }
}

extension FloatingScalar {
  /// The numbers with their points below each other.
  ///
  /// As in NumPy, each number has the fewest digits that tell it from its neighbours, but at most eight behind the
  /// point; all are in scientific notation when one is below 10⁻⁴ or not below 10⁸ (10⁶ for `Float`), or when the
  /// largest is more than a thousand times the smallest.
  public static func aligned(_ scalars: [Self]) -> [String] {
    let magnitudes = scalars.lazy.filter { $0.isFinite && $0 != 0 }.map { $0.magnitude.asDouble }
    let (smallest, largest) = (magnitudes.min() ?? 1, magnitudes.max() ?? 1)
    let limit = Self.significandBitCount < 30 ? 1e6 : 1e8
    let ratio = (Self(largest) / Self(smallest)).asDouble
    let isScientific = largest >= limit || smallest < 0.0001 || ratio > 1_000
    let parts = scalars.filter(\.isFinite).map { NumberParts($0, isScientific: isScientific) }
    let fractionWidth = parts.reduce(0) { Swift.max($0, $1.fraction.count) }
    let exponentWidth = parts.reduce(0) { Swift.max($0, $1.exponent.count) }
    let rightWidth = fractionWidth + (isScientific && !parts.isEmpty ? exponentWidth + 2 : 0) + 1
    let odd = scalars.lazy.filter { !$0.isFinite }.map { "\($0)".count - rightWidth }
    let leftWidth = Swift.max(parts.reduce(0) { Swift.max($0, $1.whole.count) }, odd.max() ?? 0)

    var finite = parts.makeIterator()
    return scalars.map { scalar in
      guard scalar.isFinite, let part = finite.next() else { return "\(scalar)".leftPadded(to: leftWidth + rightWidth) }
      let padding = String(repeating: isScientific ? "0" : " ", count: fractionWidth - part.fraction.count)
      let whole = part.whole.leftPadded(to: leftWidth) + "." + part.fraction + padding
      guard isScientific else { return whole }
      let zeros = String(repeating: "0", count: exponentWidth - part.exponent.count)
      return whole + "e" + part.exponentSign + zeros + part.exponent
    }
  }
}

/// A number's decimal digits before and behind the point, and its exponent in scientific notation.
private struct NumberParts {
  let whole, fraction, exponentSign, exponent: String

  /// The fewest digits behind the point that give the number again, eight at most.
  init<Scalar: FloatingScalar>(_ number: Scalar, isScientific: Bool) {
    let texts = (0...8).lazy.map { digits in
      Self.text(number.asDouble, format: "%.\(digits)\(isScientific ? "e" : "f")")
    }
    let text = texts.first { Double($0).map { Scalar($0) == number } ?? false } ?? texts.last ?? ""
    let halves = text.split(separator: "e")
    let digits = halves[0].split(separator: ".")
    whole = String(digits[0])
    fraction = digits.count > 1 ? Self.trimmed(digits[1]) : ""
    exponentSign = halves.count > 1 ? String(halves[1].prefix(1)) : ""
    exponent = halves.count > 1 ? String(halves[1].dropFirst()) : ""
  }

  private static func trimmed(_ digits: Substring) -> String {
    var digits = digits
    while digits.last == "0" { digits.removeLast() }
    return String(digits)
  }

  /// The number by C's `printf`, which rounds its exact value.
  private static func text(_ number: Double, format: String) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
      guard let start = buffer.baseAddress else { return "" }
      _ = withVaList([number]) { vsnprintf(start, buffer.count, format, $0) }
      return String(cString: start)
    }
  }
}

extension String {
  fileprivate func leftPadded(to width: Int) -> String {
    String(repeating: " ", count: Swift.max(width - count, 0)) + self
  }
}
