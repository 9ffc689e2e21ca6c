import ArgumentParser
import Kilim

// Readers for the values of options. Each function makes a transform for `@Option`. Its error says what is allowed.

/// The error for a wrong value of an option.
struct OptionValueError: Error, CustomStringConvertible {
  /// What is expected.
  let description: String

  init(expected: String) {
    description = "expected \(expected)"
  }
}

/// Reads a whole number.
///
/// - Parameters:
///   - lowest: the lowest that is allowed.
///   - highest: the highest that is allowed; `nil` for any.
func wholeNumber<Number: FixedWidthInteger & Sendable>(
  from lowest: Number, to highest: Number? = nil
) -> @Sendable (String) throws -> Number {
  { text in
    guard let number = Number(text), (lowest...(highest ?? .max)).contains(number) else {
      throw OptionValueError(
        expected: highest.map { "a whole number from \(lowest) to \($0)" } ?? "a whole number, at least \(lowest)")
    }
    return number
  }
}

/// Reads a number that satisfies a condition.
func number(_ allowed: String, where isAllowed: @escaping @Sendable (Double) -> Bool)
  -> @Sendable (String) throws -> Double
{
  { text in
    guard let number = Double(text), number.isFinite, isAllowed(number) else {
      throw OptionValueError(expected: allowed)
    }
    return number
  }
}

/// Reads a number above 0, also in the single precision that models compute in: a smaller one would do nothing.
@Sendable func positiveNumber(_ text: String) throws -> Double {
  try number("a number above 0, from 1.2e-38 to 3.4e38", where: isPositive)(text)
}

/// Whether a number is above 0 and finite in single precision, with all its digits.
@Sendable func isPositive(_ number: Double) -> Bool {
  let value = Float(number)
  return value >= .leastNormalMagnitude && value.isFinite
}

/// Reads a text that is not empty.
@Sendable func nonEmpty(_ text: String) throws -> String {
  guard !text.isEmpty else { throw OptionValueError(expected: "a name, found nothing") }
  return text
}

/// Reads a size in pixels: `64` for a square, or height and width as `48x64`.
@Sendable func sizeInPixels(_ text: String) throws -> ImageSize {
  let parts = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
  guard (1...2).contains(parts.count), let height = parts[0], let width = parts[parts.count - 1],
    (1...1_000_000).contains(height), (1...1_000_000).contains(width)
  else {
    throw OptionValueError(expected: "pixels from 1 to 1000000: 64 for a square, or height x width as 48x64")
  }
  return ImageSize(height: height, width: width)
}

/// Reads a number of bytes: `1000000`, `256M` or `2G`, where K is 1024 bytes, M is 1024 K and G is 1024 M.
@Sendable func byteCount(_ text: String) throws -> Int {
  let units: [Character: Int] = ["K": 10, "M": 20, "G": 30, "T": 40]
  let shift = text.last.flatMap { units[Character($0.uppercased())] }
  guard let number = Int(shift == nil ? text[...] : text.dropLast()), number >= 1,
    number <= Int.max >> (shift ?? 0)
  else { throw OptionValueError(expected: "a number of bytes, at least 1, such as 500000, 256M or 2G") }
  return number << (shift ?? 0)
}

/// Reads a factor, also as a fraction: `1/255`.
@Sendable func factor(_ text: String) throws -> Float {
  let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Float($0) }
  guard (1...2).contains(parts.count), let numerator = parts[0], let denominator = parts.count == 2 ? parts[1] : 1,
    (numerator / denominator).isFinite, numerator / denominator != 0
  else { throw OptionValueError(expected: "a number other than 0, or a fraction such as 1/255") }
  return numerator / denominator
}

/// Reads one of the values of a type.
func word<Value: RawRepresentable & CaseIterable & SendableMetatype>(
  of type: Value.Type
) -> @Sendable (String) throws -> Value where Value.RawValue == String {
  { text in
    guard let value = Value(rawValue: text) else {
      throw OptionValueError(expected: "one of " + Value.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return value
  }
}
