import Glibc

extension Bool {
  /// `false`, and `true` with a space before it.
  public static func aligned(_ scalars: [Bool]) -> [String] {
    scalars.map { $0 ? " true" : "false" }
  }
}

extension NumericScalar where Self: FixedWidthInteger {
  /// The numbers as decimals, padded with spaces on the left.
  public static func aligned(_ scalars: [Self]) -> [String] {
    let texts = scalars.map { String($0) }
    let width = texts.reduce(0) { Swift.max($0, $1.count) }
    return texts.map { $0.leftPadded(to: width) }
  }
}

extension FloatingScalar {
  /// The numbers with their decimal points aligned.
  ///
  /// As in NumPy, each number has the fewest digits that distinguish it from the neighbouring floating-point numbers,
  /// but at most eight after the point. All numbers are in scientific notation if one is below 10⁻⁴ or not below 10⁸
  /// (10⁶ for `Float`), or if the largest is more than a thousand times the smallest.
  public static func aligned(_ scalars: [Self]) -> [String] {
    let finite = scalars.filter(\.isFinite)
    let magnitudes = finite.lazy.filter { $0 != 0 }.map(\.magnitude)
    let (smallest, largest) = (magnitudes.min() ?? 1, magnitudes.max() ?? 1)
    let limit: Self = Self.significandBitCount < 30 ? 1e6 : 1e8
    let isScientific = largest >= limit || smallest < 0.0001 || largest / smallest > 1_000
    let digits = finite.map { NumberParts.digitsNeeded($0, isScientific: isScientific) }
    let fractionWidth = digits.max() ?? 0
    let parts = zip(finite, digits).map {
      NumberParts($0, isScientific: isScientific, digits: isScientific ? fractionWidth : $1)
    }
    let exponentWidth = parts.reduce(0) { Swift.max($0, $1.exponent.count) }
    let rightWidth = fractionWidth + (isScientific && !parts.isEmpty ? exponentWidth + 2 : 0) + 1
    let odd = scalars.lazy.filter { !$0.isFinite }.map { "\($0)".count - rightWidth }
    let leftWidth = Swift.max(parts.reduce(0) { Swift.max($0, $1.whole.count) }, odd.max() ?? 0)

    var next = parts.makeIterator()
    return scalars.map { scalar in
      guard scalar.isFinite, let part = next.next() else { return "\(scalar)".leftPadded(to: leftWidth + rightWidth) }
      let number = part.whole.leftPadded(to: leftWidth) + "." + part.fraction
      guard isScientific else { return number + String(repeating: " ", count: fractionWidth - part.fraction.count) }
      let zeros = String(repeating: "0", count: exponentWidth - part.exponent.count)
      return number + "e" + part.exponentSign + zeros + part.exponent
    }
  }
}

/// A number's decimal digits before and after the point, and its exponent in scientific notation.
private struct NumberParts {
  let whole, fraction, exponentSign, exponent: String

  init<Scalar: FloatingScalar>(_ number: Scalar, isScientific: Bool, digits: Int) {
    let halves = Self.text(number.asDouble, isScientific, digits).split(separator: "e")
    let number = halves[0].split(separator: ".")
    whole = String(number[0])
    fraction = number.count > 1 ? String(number[1]) : ""
    exponentSign = halves.count > 1 ? String(halves[1].prefix(1)) : ""
    exponent = halves.count > 1 ? String(halves[1].dropFirst()) : ""
  }

  /// The fewest digits after the point from which the number can be read back; at most eight, without trailing zeros.
  static func digitsNeeded<Scalar: FloatingScalar>(_ number: Scalar, isScientific: Bool) -> Int {
    let most = 8
    let sufficient = (0..<most).first { digits in
      Double(text(number.asDouble, isScientific, digits)).map { Scalar($0) == number } ?? false
    }
    if let sufficient { return sufficient }
    let fraction = NumberParts(number, isScientific: isScientific, digits: most).fraction
    return fraction.count - fraction.reversed().prefix { $0 == "0" }.count
  }

  /// The number as C's `printf` writes it, which rounds its exact value.
  private static func text(_ number: Double, _ isScientific: Bool, _ digits: Int) -> String {
    let format = "%.\(digits)\(isScientific ? "e" : "f")"
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
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
